using System.Text;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>The rules that a store of operations must keep.</summary>
public static class OperationStoreSpec
{
    private static readonly ClaimTerms Leased = new(OperationState.Running, Acting.Minute, 3, TakesLapsed: true);
    private static readonly ClaimTerms Cautious = Leased with { TakesLapsed = false };
    private static readonly ClaimTerms Joined = new(OperationState.Succeeded, Acting.Minute, 3, TakesLapsed: false);
    private static readonly Fingerprint Asked = Fingerprint.Of(("amount", 19_900));

    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(OperationStoreSpec),
    [
        new("An operation is claimed once", async store =>
        {
            foreach (var terms in (ClaimTerms[])[Leased, Joined])
            {
                var key = Key(store, $"once-{terms.State}");
                var first = await ClaimAsync(store, key, terms);
                Expect.That(first.Claim is { Attempt: 1, Epoch: > 0 }, "The first claim must win.");
                var second = await ClaimAsync(store, key, terms);
                Expect.Equal(null, second.Claim);
                Expect.Equal(terms.State, second.Existing?.State);
                Expect.Equal(first.Claim!.Owner, second.Existing!.Owner);
            }
        }),
        new("Of racing claims one wins", async store =>
        {
            var other = await store.OpenAnotherAsync();
            for (var round = 0; round < 20; round++)
            {
                var key = Key(store, $"race-{round}");
                var answers = await Acting.RaceAsync(
                    8, racer => ClaimAsync(racer % 2 == 0 ? store : other, key, round % 2 == 0 ? Leased : Joined));
                Expect.Equal(1, answers.Count(answer => answer.Claim is not null), "the number of winners");
                Expect.Equal(7, answers.Count(answer => answer.Existing is not null), "the number of callers that find the existing claim");
            }
        }),
        new("A rolled-back claim leaves nothing", async store =>
        {
            var key = Key(store, "rolled back");
            Expect.That((await ClaimAsync(store, key, Joined, commit: false)).Claim is not null, "The claim must win in its unit.");
            Expect.Equal(null, await store.Operations.FindAsync(key));
            Expect.That((await ClaimAsync(store, key, Leased)).Claim is { Attempt: 1 }, "The operation is free.");
            var claim = (await ClaimAsync(store, Key(store, "changed"), Leased)).Claim!;
            Expect.That(await ChangeAsync(store, Finish(claim), commit: false), "The change must be visible in its unit.");
            Expect.Equal(OperationState.Running, (await store.Operations.FindAsync(claim.Key))?.State);
        }),
        new("The same id of another tenant or business is another operation", async store =>
        {
            OperationKey[] keys = [
                Key(store, "1"),
                new(Sample.Neighbour(store), "refund", "1"),
                new(store.Tenant, "capture", "1"),
                new(store.Tenant, "Refund", "1"),
            ];
            foreach (var key in keys)
            {
                Expect.That((await ClaimAsync(store, key, Leased)).Claim is not null, $"{key} must be a separate operation.");
            }
        }),
        new("Keys may contain any text", async store =>
        {
            string[] texts = ["'; DROP TABLE orderkit_operations; --", "租约 🙂 %_\\", "\u0430-1", "a-1", "A-1",
                new('9', OperationKey.MaxLength)];
            foreach (var text in texts)
            {
                var key = Key(store, text);
                Expect.Equal(key, (await ClaimAsync(store, key, Leased)).Claim?.Key);
                Expect.Equal(key, (await store.Operations.FindAsync(key))?.Key);
            }
        }),
        new("Every field of an operation is read back", async store =>
        {
            var key = Key(store, "whole");
            var claim = (await ClaimAsync(store, key, Leased)).Claim!;
            var running = (await store.Operations.FindAsync(key))!;
            Expect.That(running is { State: OperationState.Running, Attempts: 1, IsLapsed: false, FinishedAt: null, ExpiresAt: null },
                $"It runs: {running}");
            Expect.That(running.LeaseUntil - running.CreatedAt is var lease && lease >= Acting.Minute && lease < Acting.Minute * 2,
                "The lease must have the requested duration.");
            Expect.That(running.RetryAfter > Acting.Minute / 2 && running.RetryAfter <= Acting.Minute, "It must return when to retry.");
            Expect.That(running.Fingerprint.Equals(Asked), "Its fingerprint is read back.");
            Expect.That(await ChangeAsync(store, Finish(claim) with { Result = "paid"u8.ToArray() }), "It is finished.");
            var done = (await store.Operations.FindAsync(key))!;
            Expect.That(done is { State: OperationState.Succeeded, LeaseUntil: null, Error: null }, $"It is done: {done}");
            Expect.Equal("paid", Encoding.UTF8.GetString(done.Result.Span));
            Expect.That(done.ExpiresAt - done.FinishedAt is var kept && kept >= Acting.Minute && kept < Acting.Minute * 2,
                "It must be kept for the requested time.");
            var failing = (await ClaimAsync(store, Key(store, "failing"), Leased)).Claim!;
            Expect.That(
                await ChangeAsync(store, Change(failing, OperationState.Failed) with { Error = "no such account 🙂" }), "It has failed.");
            var error = (await store.Operations.FindAsync(failing.Key))?.Error;
            Expect.Equal("no such account \uFFFD\uFFFD", error?.Replace("🙂", "\uFFFD\uFFFD", StringComparison.Ordinal));
        }),
        new("A different fingerprint never takes over a row", async store =>
        {
            var key = Key(store, "other");
            await ClaimAsync(store, key, Leased);
            await store.AdvanceAsync(Acting.Minute * 2);
            var answer = (
                await store.InUnitAsync(
                    unit => store.Operations.ClaimAsync(
                        unit, [new OperationRequest(key, Fingerprint.Of(("amount", 1)), Guid.NewGuid())], Leased)))[0];
            Expect.Equal(null, answer.Claim);
            Expect.Sequence(["amount"], answer.Existing!.Fingerprint.DifferencesTo(Fingerprint.Of(("amount", 1))));
            Expect.That(
                (await ClaimAsync(store, key, Leased)).Claim is { Attempt: 2 }, "A request with the same fingerprint must take it over.");
        }),
        new("A lapsed lease can be taken over under the next epoch, if the terms allow it", async store =>
        {
            var key = Key(store, "lapsed");
            var first = (await ClaimAsync(store, key, Leased)).Claim!;
            await store.AdvanceAsync(Acting.Minute / 2);
            Expect.Equal(null, (await ClaimAsync(store, key, Leased)).Claim);
            await store.AdvanceAsync(Acting.Minute);
            var cautious = await ClaimAsync(store, key, Cautious);
            Expect.That(cautious is { Claim: null, Existing: { State: OperationState.Running, IsLapsed: true } },
                "A request that may not take it over must see that it has lapsed.");
            Expect.Sequence([key], (await store.Operations.ListInterruptedAsync(store.Tenant, 10)).Select(row => row.Key));
            var second = (await ClaimAsync(store, key, Leased)).Claim;
            Expect.That(second?.Epoch > first.Epoch && second.Attempt == 2, "The next claim has a higher epoch.");
            Expect.Equal(0, (await store.Operations.ListInterruptedAsync(store.Tenant, 10)).Count);
        }),
        new("A claim that was taken over changes nothing", async store =>
        {
            var key = Key(store, "zombie");
            var lost = (await ClaimAsync(store, key, Leased)).Claim!;
            await store.AdvanceAsync(Acting.Minute * 2);
            var held = (await ClaimAsync(store, key, Leased)).Claim!;
            OperationChange[] changes = [
                Finish(lost),
                Change(lost, OperationState.Failed),
                Change(lost, OperationState.Waiting),
                Change(lost, OperationState.Running),
                Finish(held with { Owner = lost.Owner }),
                Finish(held with { Epoch = lost.Epoch }),
            ];
            foreach (var change in changes)
            {
                Expect.That(!await ChangeAsync(store, change), $"A lost claim must change nothing: {change.From} to {change.To}.");
            }

            Expect.That(!await ReleaseAsync(store, lost), "A lost claim must not release another claim.");
            Expect.That(await ChangeAsync(store, Finish(held)), "The new claim must finish.");
            Expect.That(!await ChangeAsync(store, Change(held, OperationState.Failed)), "A finished operation must not change.");
        }),
        new("A lapsed lease that nobody took over can still finish", async store =>
        {
            var claim = (await ClaimAsync(store, Key(store, "slow"), Leased)).Claim!;
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.That(await ChangeAsync(store, Finish(claim)), "Nobody else has claimed it, so it must finish.");
        }),
        new("A renewed lease lapses later", async store =>
        {
            var claim = (await ClaimAsync(store, Key(store, "kept"), Leased)).Claim!;
            await store.AdvanceAsync(Acting.Minute / 2);
            Expect.That(await ChangeAsync(store, Change(claim, OperationState.Running)), "The holder must be able to renew.");
            await store.AdvanceAsync(Acting.Minute * 0.75);
            Expect.Equal(null, (await ClaimAsync(store, claim.Key, Leased)).Claim);
            Expect.That(await ChangeAsync(store, Finish(claim)), "The epoch is the same.");
        }),
        new("An interrupted operation is marked only when its lease has lapsed", async store =>
        {
            var claim = (await ClaimAsync(store, Key(store, "interrupted"), Leased)).Claim!;
            var mark = Change(claim, OperationState.Unknown) with { OnlyIfLapsed = true };
            Expect.That(!await ChangeAsync(store, mark), "Its worker may still be running.");
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.That(await ChangeAsync(store, mark), "Its worker is gone.");
            Expect.That(!await ChangeAsync(store, Finish(claim)), "A worker that returns must be fenced.");
            Expect.Equal(null, (await ClaimAsync(store, claim.Key, Leased)).Claim);
            var unknown = (await store.Operations.ListInterruptedAsync(store.Tenant, 10)).Single();
            Expect.That(unknown.State == OperationState.Unknown && unknown.Epoch > claim.Epoch, "It is unknown, under a new epoch.");
        }),
        new("A waiting operation is retried after its delay, up to the maximum number of attempts", async store =>
        {
            var key = Key(store, "waiting");
            for (var attempt = 1; attempt <= 3; attempt++)
            {
                var claim = (await ClaimAsync(store, key, Cautious)).Claim;
                Expect.Equal(attempt, claim?.Attempt);
                Expect.That(await ChangeAsync(store, Change(claim!, OperationState.Waiting)), "It failed.");
                Expect.That((await ClaimAsync(store, key, Cautious)) is { Claim: null, Existing.IsLapsed: false },
                    "Its delay has not ended.");
                await store.AdvanceAsync(Acting.Minute * 2);
            }

            Expect.That(
                (await ClaimAsync(store, key, Cautious)) is
                {
                    Claim: null,
                    Existing: { State: OperationState.Waiting, Attempts: 3, IsLapsed: true },
                },
                "It has reached the maximum number of attempts.");
            Expect.Equal(0, (await store.Operations.ListInterruptedAsync(store.Tenant, 10)).Count);
        }),
        new("Steps are kept after the attempt that made them", async store =>
        {
            var key = Key(store, "steps");
            var claim = (await ClaimAsync(store, key, Leased)).Claim!;
            Expect.That(claim is { Step: null, StepContent.Length: 0 }, "A first attempt must find no step.");
            Expect.That(
                await ChangeAsync(store, Change(claim, OperationState.Running) with { Step = "charged", StepContent = "4200"u8.ToArray() }),
                "The step must be kept.");
            Expect.That(await ChangeAsync(store, Change(claim, OperationState.Running)), "Renewing must keep it.");
            await store.AdvanceAsync(Acting.Minute * 2);
            var second = (await ClaimAsync(store, key, Leased)).Claim!;
            Expect.Equal("charged", second.Step);
            Expect.Equal("4200", Encoding.UTF8.GetString(second.StepContent.Span));
            await ChangeAsync(store, Finish(second));
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.That((await ClaimAsync(store, key, Leased)).Claim is { Step: null, Attempt: 1 },
                "A new operation with that key must start without a step.");
        }),
        new("An expired result counts as absent, swept or not", async store =>
        {
            var key = Key(store, "expired");
            var first = (await ClaimAsync(store, key, Joined)).Claim!;
            Expect.That(
                await ChangeAsync(
                    store, Change(first, OperationState.Succeeded) with { From = OperationState.Succeeded, Result = "old"u8.ToArray() }),
                "A joined operation must keep its result.");
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.Equal(null, await store.Operations.FindAsync(key));
            var answer = (
                await store.InUnitAsync(
                    unit =>
                        store.Operations.ClaimAsync(unit, [new OperationRequest(key, Fingerprint.Nothing, Guid.NewGuid())], Joined)))[0];
            Expect.That(answer.Claim is { Attempt: 1 } again && again.Epoch > first.Epoch,
                "The key must accept any content again, under the next epoch.");
            Expect.Equal(0, (await store.Operations.FindAsync(key))!.Result.Length);
        }),
        new("A row that was swept and created again does not accept its earlier claim", async store =>
        {
            var key = Key(store, "swept");
            var lost = (await ClaimAsync(store, key, Leased)).Claim!;
            await store.AdvanceAsync(Acting.Minute * 2);
            var second = (await ClaimAsync(store, key, Leased)).Claim!;
            await ChangeAsync(store, Finish(second));
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.Equal(1, await store.Operations.SweepAsync(10));
            var third = (await ClaimAsync(store, key, Leased)).Claim!;
            Expect.That(
                !await ChangeAsync(store, Finish(lost)), "The first worker must be fenced when it returns late, even with an equal epoch.");
            Expect.That(await ChangeAsync(store, Finish(third)), "The current claim must be valid.");
        }),
        new("Sweeping removes only finished rows, up to its limit", async store =>
        {
            for (var i = 0; i < 5; i++)
            {
                await ClaimAsync(store, Key(store, $"done-{i}"), Joined);
            }

            await ClaimAsync(store, Key(store, "running"), Leased);
            var unknown = (await ClaimAsync(store, Key(store, "unknown"), Leased)).Claim!;
            await ChangeAsync(store, Change(unknown, OperationState.Unknown));
            Expect.Equal(0, await store.Operations.SweepAsync(10));
            await store.AdvanceAsync(TimeSpan.FromDays(1));
            Expect.Equal(3, await store.Operations.SweepAsync(3));
            Expect.Equal(2, await store.Operations.SweepAsync(3));
            Expect.Equal(0, await store.Operations.SweepAsync(3));
            Expect.Equal(2, (await store.Operations.ListInterruptedAsync(store.Tenant, 10)).Count);
            Expect.Equal(1, (await store.Operations.ListInterruptedAsync(store.Tenant, 1)).Count);
        }),
        new("A claim can be undone in its unit", async store =>
        {
            var key = Key(store, "taken back");
            await store.InUnitAsync(async unit =>
            {
                var claim = (await store.Operations.ClaimAsync(unit, [new OperationRequest(key, Asked, Guid.NewGuid())], Joined))[0].Claim!;
                Expect.That((await store.Operations.ReleaseAsync(unit, [claim]))[0], "It was valid.");
            });
            Expect.Equal(null, await store.Operations.FindAsync(key));
        }),
        new("A set has one answer for each member", async store =>
        {
            await ClaimAsync(store, Key(store, "set-1"), Joined);
            var answers = await store.InUnitAsync(unit => store.Operations.ClaimAsync(
                unit,
                    [.. Enumerable.Range(0, 4).Reverse().Select(i => new OperationRequest(Key(store, $"set-{i}"), Asked, Guid.NewGuid()))],
                Joined));
            Expect.Sequence(["set-3", "set-2", "", "set-0"], answers.Select(answer => answer.Claim?.Key.Key ?? ""));
            Expect.Equal("set-1", answers[2].Existing?.Key.Key);
            var changed = await store.InUnitAsync(unit => store.Operations.ChangeAsync(
                unit, [
                    .. answers.Select(
                        (answer, i) => Change(answer.Claim ?? answers[0].Claim! with { Epoch = 77 }, OperationState.Succeeded) with
                        {
                            From = OperationState.Succeeded,
                            Result = Encoding.UTF8.GetBytes($"result {i}"),
                        }),
                ]));
            Expect.Sequence([true, true, false, true], changed);
            Expect.Equal("result 3", Encoding.UTF8.GetString((await store.Operations.FindAsync(Key(store, "set-0")))!.Result.Span));
            Expect.Equal(0, (await store.InUnitAsync(unit => store.Operations.ClaimAsync(unit, [], Joined))).Count);
        }),
        new("A set that names a key twice is refused", async store =>
        {
            var request = new OperationRequest(Key(store, "twice"), Asked, Guid.NewGuid());
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.InUnitAsync(unit => store.Operations.ClaimAsync(unit, [request, request], Joined)),
                "A statement cannot claim a row twice.");
        }),
        new("A claim waits for an earlier claim, and wins if that is rolled back", async store =>
        {
            foreach (var commits in (bool[])[false, true])
            {
                var key = Key(store, $"waits-{commits}");
                var other = await store.OpenAnotherAsync();
                var first = await store.Units.BeginAsync();
                Task<ClaimAnswer> second;
                await using (first)
                {
                    await store.Operations.ClaimAsync(first, [new OperationRequest(key, Asked, Guid.NewGuid())], Joined);
                    second = Task.Run(() => ClaimAsync(other, key, Joined));
                    if (commits)
                    {
                        await first.CommitAsync();
                    }
                }

                var answer = await second;
                Expect.Equal(commits, answer.Claim is null);
                Expect.Equal(commits, answer.Existing is not null);
            }
        }, StoreAbilities.ParallelUnits),
    ]);

    private static OperationKey Key(IStoreUnderTest store, string key) => new(store.Tenant, "refund", key);

    private static async Task<ClaimAnswer> ClaimAsync(IStoreActor store, OperationKey key, ClaimTerms terms, bool commit = true) =>
        (
            await store.InUnitAsync(
                unit => store.Operations.ClaimAsync(unit, [new OperationRequest(key, Asked, Guid.NewGuid())], terms), commit))[0];

    private static async Task<bool> ChangeAsync(IStoreActor store, OperationChange change, bool commit = true) =>
        (await store.InUnitAsync(unit => store.Operations.ChangeAsync(unit, [change]), commit))[0];

    private static async Task<bool> ReleaseAsync(IStoreActor store, OperationClaim claim) =>
        (await store.InUnitAsync(unit => store.Operations.ReleaseAsync(unit, [claim])))[0];

    private static OperationChange Finish(OperationClaim claim) => Change(claim, OperationState.Succeeded);

    private static OperationChange Change(OperationClaim claim, OperationState to) => new()
    {
        Key = claim.Key, Epoch = claim.Epoch, Owner = claim.Owner, From = OperationState.Running, To = to, Span = Acting.Minute,
    };
}
