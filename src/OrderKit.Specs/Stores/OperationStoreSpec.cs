using System.Text;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>What operations keep.</summary>
public static class OperationStoreSpec
{
    private static readonly ClaimTerms Leased = new(OperationState.Running, Acting.Minute, 3, TakesLapsed: true);
    private static readonly ClaimTerms Cautious = Leased with { TakesLapsed = false };
    private static readonly ClaimTerms Joined = new(OperationState.Succeeded, Acting.Minute, 3, TakesLapsed: false);
    private static readonly Fingerprint Asked = Fingerprint.Of(("amount", 19_900));

    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("An operation is claimed once", AnOperationIsClaimedOnceAsync),
        new("Of racing claims one wins", OfRacingClaimsOneWinsAsync),
        new("A claim that is rolled back was never made", AClaimThatIsRolledBackWasNeverMadeAsync),
        new("The same id of another tenant or business is another operation", TheSameIdOfAnotherTenantOrBusinessIsAnotherOperationAsync),
        new("Keys are only text", KeysAreOnlyTextAsync),
        new("Everything about an operation is read back", EverythingAboutAnOperationIsReadBackAsync),
        new("Another fingerprint never takes a row over", AnotherFingerprintNeverTakesARowOverAsync),
        new("A lapsed lease is taken over by whoever may, under the next epoch", ALapsedLeaseIsTakenOverByWhoeverMayAsync),
        new("A claim that was taken over changes nothing", AClaimThatWasTakenOverChangesNothingAsync),
        new("A lapsed lease that nobody took still finishes", ALapsedLeaseThatNobodyTookStillFinishesAsync),
        new("A renewed lease lapses later", ARenewedLeaseLapsesLaterAsync),
        new("An interrupted operation is marked only when its lease has lapsed", AnInterruptedOperationIsMarkedOnlyWhenItsLeaseHasLapsedAsync),
        new("A waiting operation is begun again when its pause is over, and only so often", AWaitingOperationIsBegunAgainAsync),
        new("Steps outlive the attempt that made them", StepsOutliveTheAttemptThatMadeThemAsync),
        new("An answer that has expired is as good as none, swept or not", AnAnswerThatHasExpiredIsAsGoodAsNoneAsync),
        new("A swept row that is made again does not know its earlier claim", ASweptRowThatIsMadeAgainDoesNotKnowItsEarlierClaimAsync),
        new("Sweeping takes finished rows alone, and no more than it may", SweepingTakesFinishedRowsAloneAsync),
        new("A claim is taken back in its unit", AClaimIsTakenBackInItsUnitAsync),
        new("A set answers for each of its members", ASetAnswersForEachOfItsMembersAsync),
        new("A set that names a key twice is refused", ASetThatNamesAKeyTwiceIsRefusedAsync),
        new("A claim waits for the one that came first, and wins where that is rolled back", AClaimWaitsForTheOneThatCameFirstAsync, StoreAbilities.ParallelUnits),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(OperationStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task AnOperationIsClaimedOnceAsync(IStoreUnderTest store)
    {
        foreach (var terms in (ClaimTerms[])[Leased, Joined])
        {
            var key = Key(store, $"once-{terms.State}");
            var first = await ClaimAsync(store, key, terms).ConfigureAwait(false);
            Expect.That(first.Claim is { Attempt: 1, Epoch: > 0 }, "The first claim wins.");
            var second = await ClaimAsync(store, key, terms).ConfigureAwait(false);
            Expect.Equal(null, second.Claim);
            Expect.Equal(terms.State, second.Existing?.State);
            Expect.Equal(first.Claim!.Owner, second.Existing!.Owner);
        }
    }

    private static async Task OfRacingClaimsOneWinsAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        for (var round = 0; round < 20; round++)
        {
            var key = Key(store, $"race-{round}");
            var answers = await Acting.RaceAsync(8, racer => ClaimAsync(racer % 2 == 0 ? store : other, key, round % 2 == 0 ? Leased : Joined)).ConfigureAwait(false);
            Expect.Equal(1, answers.Count(answer => answer.Claim is not null), "the number of winners");
            Expect.Equal(7, answers.Count(answer => answer.Existing is not null), "the number of those who are told of it");
        }
    }

    private static async Task AClaimThatIsRolledBackWasNeverMadeAsync(IStoreUnderTest store)
    {
        var key = Key(store, "rolled back");
        Expect.That((await ClaimAsync(store, key, Joined, commit: false).ConfigureAwait(false)).Claim is not null, "The claim wins in its unit.");
        Expect.Equal(null, await store.Operations.FindAsync(key).ConfigureAwait(false));
        Expect.That((await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim is { Attempt: 1 }, "The operation is free.");
        var claim = (await ClaimAsync(store, Key(store, "changed"), Leased).ConfigureAwait(false)).Claim!;
        Expect.That(await ChangeAsync(store, Finish(claim), commit: false).ConfigureAwait(false), "The change is made in its unit.");
        Expect.Equal(OperationState.Running, (await store.Operations.FindAsync(claim.Key).ConfigureAwait(false))?.State);
    }

    private static async Task TheSameIdOfAnotherTenantOrBusinessIsAnotherOperationAsync(IStoreUnderTest store)
    {
        OperationKey[] keys = [Key(store, "1"), new(Sample.Neighbour(store), "refund", "1"), new(store.Tenant, "capture", "1"), new(store.Tenant, "Refund", "1")];
        foreach (var key in keys)
        {
            Expect.That((await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim is not null, $"{key} is an operation of its own.");
        }
    }

    private static async Task KeysAreOnlyTextAsync(IStoreUnderTest store)
    {
        foreach (var text in (string[])["'; DROP TABLE orderkit_operations; --", "租约 🙂 %_\\", "\u0430-1", "a-1", "A-1", new('9', OperationKey.MaxLength)])
        {
            var key = Key(store, text);
            Expect.Equal(key, (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim?.Key);
            Expect.Equal(key, (await store.Operations.FindAsync(key).ConfigureAwait(false))?.Key);
        }
    }

    private static async Task EverythingAboutAnOperationIsReadBackAsync(IStoreUnderTest store)
    {
        var key = Key(store, "whole");
        var claim = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        var running = (await store.Operations.FindAsync(key).ConfigureAwait(false))!;
        Expect.That(running is { State: OperationState.Running, Attempts: 1, IsLapsed: false, FinishedAt: null, ExpiresAt: null }, $"It runs: {running}");
        Expect.That(running.LeaseUntil - running.CreatedAt is var lease && lease >= Acting.Minute && lease < Acting.Minute * 2, "Its lease is as long as was said.");
        Expect.That(running.RetryAfter > Acting.Minute / 2 && running.RetryAfter <= Acting.Minute, "It says when to ask again.");
        Expect.That(running.Fingerprint.Equals(Asked), "Its fingerprint is read back.");
        Expect.That(await ChangeAsync(store, Finish(claim) with { Result = "paid"u8.ToArray() }).ConfigureAwait(false), "It is finished.");
        var done = (await store.Operations.FindAsync(key).ConfigureAwait(false))!;
        Expect.That(done is { State: OperationState.Succeeded, LeaseUntil: null, Error: null }, $"It is done: {done}");
        Expect.Equal("paid", Encoding.UTF8.GetString(done.Result.Span));
        Expect.That(done.ExpiresAt - done.FinishedAt is var kept && kept >= Acting.Minute && kept < Acting.Minute * 2, "It is kept for as long as was said.");
        var failing = (await ClaimAsync(store, Key(store, "failing"), Leased).ConfigureAwait(false)).Claim!;
        Expect.That(await ChangeAsync(store, Change(failing, OperationState.Failed) with { Error = "no such account 🙂" }).ConfigureAwait(false), "It is given up.");
        Expect.Equal("no such account \uFFFD\uFFFD", (await store.Operations.FindAsync(failing.Key).ConfigureAwait(false))?.Error?.Replace("🙂", "\uFFFD\uFFFD", StringComparison.Ordinal));
    }

    private static async Task AnotherFingerprintNeverTakesARowOverAsync(IStoreUnderTest store)
    {
        var key = Key(store, "other");
        await ClaimAsync(store, key, Leased).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var answer = (await store.InUnitAsync(unit => store.Operations.ClaimAsync(unit, [new OperationRequest(key, Fingerprint.Of(("amount", 1)), Guid.NewGuid())], Leased)).ConfigureAwait(false))[0];
        Expect.Equal(null, answer.Claim);
        Expect.Sequence(["amount"], answer.Existing!.Fingerprint.DifferencesTo(Fingerprint.Of(("amount", 1))));
        Expect.That((await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim is { Attempt: 2 }, "The same one takes it over.");
    }

    private static async Task ALapsedLeaseIsTakenOverByWhoeverMayAsync(IStoreUnderTest store)
    {
        var key = Key(store, "lapsed");
        var first = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        await store.AdvanceAsync(Acting.Minute / 2).ConfigureAwait(false);
        Expect.Equal(null, (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim);
        await store.AdvanceAsync(Acting.Minute).ConfigureAwait(false);
        var cautious = await ClaimAsync(store, key, Cautious).ConfigureAwait(false);
        Expect.That(cautious is { Claim: null, Existing: { State: OperationState.Running, IsLapsed: true } }, "Who may not take it over is told that it has lapsed.");
        Expect.Sequence([key], (await store.Operations.ListInterruptedAsync(store.Tenant, 10).ConfigureAwait(false)).Select(row => row.Key));
        var second = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim;
        Expect.That(second?.Epoch > first.Epoch && second.Attempt == 2, "The next claim has a higher epoch.");
        Expect.Equal(0, (await store.Operations.ListInterruptedAsync(store.Tenant, 10).ConfigureAwait(false)).Count);
    }

    private static async Task AClaimThatWasTakenOverChangesNothingAsync(IStoreUnderTest store)
    {
        var key = Key(store, "zombie");
        var lost = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var held = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        OperationChange[] changes = [Finish(lost), Change(lost, OperationState.Failed), Change(lost, OperationState.Waiting), Change(lost, OperationState.Running), Finish(held with { Owner = lost.Owner }), Finish(held with { Epoch = lost.Epoch })];
        foreach (var change in changes)
        {
            Expect.That(!await ChangeAsync(store, change).ConfigureAwait(false), $"Whoever lost the claim changes nothing: {change.From} to {change.To}.");
        }

        Expect.That(!await ReleaseAsync(store, lost).ConfigureAwait(false), "Nor does it take the claim of another one back.");
        Expect.That(await ChangeAsync(store, Finish(held)).ConfigureAwait(false), "Its successor finishes.");
        Expect.That(!await ChangeAsync(store, Change(held, OperationState.Failed)).ConfigureAwait(false), "What is finished is finished.");
    }

    private static async Task ALapsedLeaseThatNobodyTookStillFinishesAsync(IStoreUnderTest store)
    {
        var claim = (await ClaimAsync(store, Key(store, "slow"), Leased).ConfigureAwait(false)).Claim!;
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.That(await ChangeAsync(store, Finish(claim)).ConfigureAwait(false), "Nobody else has begun, so nothing happens twice.");
    }

    private static async Task ARenewedLeaseLapsesLaterAsync(IStoreUnderTest store)
    {
        var claim = (await ClaimAsync(store, Key(store, "kept"), Leased).ConfigureAwait(false)).Claim!;
        await store.AdvanceAsync(Acting.Minute / 2).ConfigureAwait(false);
        Expect.That(await ChangeAsync(store, Change(claim, OperationState.Running)).ConfigureAwait(false), "The holder renews.");
        await store.AdvanceAsync(Acting.Minute * 0.75).ConfigureAwait(false);
        Expect.Equal(null, (await ClaimAsync(store, claim.Key, Leased).ConfigureAwait(false)).Claim);
        Expect.That(await ChangeAsync(store, Finish(claim)).ConfigureAwait(false), "The epoch is the same.");
    }

    private static async Task AnInterruptedOperationIsMarkedOnlyWhenItsLeaseHasLapsedAsync(IStoreUnderTest store)
    {
        var claim = (await ClaimAsync(store, Key(store, "interrupted"), Leased).ConfigureAwait(false)).Claim!;
        var mark = Change(claim, OperationState.Unknown) with { OnlyIfLapsed = true };
        Expect.That(!await ChangeAsync(store, mark).ConfigureAwait(false), "Its worker may still be at it.");
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.That(await ChangeAsync(store, mark).ConfigureAwait(false), "Its worker is gone.");
        Expect.That(!await ChangeAsync(store, Finish(claim)).ConfigureAwait(false), "Should the worker return, it is fenced.");
        Expect.Equal(null, (await ClaimAsync(store, claim.Key, Leased).ConfigureAwait(false)).Claim);
        var unknown = (await store.Operations.ListInterruptedAsync(store.Tenant, 10).ConfigureAwait(false)).Single();
        Expect.That(unknown.State == OperationState.Unknown && unknown.Epoch > claim.Epoch, "It is unknown, under a new epoch.");
    }

    private static async Task AWaitingOperationIsBegunAgainAsync(IStoreUnderTest store)
    {
        var key = Key(store, "waiting");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var claim = (await ClaimAsync(store, key, Cautious).ConfigureAwait(false)).Claim;
            Expect.Equal(attempt, claim?.Attempt);
            Expect.That(await ChangeAsync(store, Change(claim!, OperationState.Waiting)).ConfigureAwait(false), "It failed.");
            Expect.That((await ClaimAsync(store, key, Cautious).ConfigureAwait(false)) is { Claim: null, Existing.IsLapsed: false }, "Its pause is not over.");
            await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        }

        Expect.That((await ClaimAsync(store, key, Cautious).ConfigureAwait(false)) is { Claim: null, Existing: { State: OperationState.Waiting, Attempts: 3, IsLapsed: true } }, "It has been begun often enough.");
        Expect.Equal(0, (await store.Operations.ListInterruptedAsync(store.Tenant, 10).ConfigureAwait(false)).Count);
    }

    private static async Task StepsOutliveTheAttemptThatMadeThemAsync(IStoreUnderTest store)
    {
        var key = Key(store, "steps");
        var claim = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        Expect.That(claim is { Step: null, StepContent.Length: 0 }, "A first attempt finds no step.");
        Expect.That(await ChangeAsync(store, Change(claim, OperationState.Running) with { Step = "charged", StepContent = "4200"u8.ToArray() }).ConfigureAwait(false), "The step is kept.");
        Expect.That(await ChangeAsync(store, Change(claim, OperationState.Running)).ConfigureAwait(false), "Renewing leaves it.");
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var second = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        Expect.Equal("charged", second.Step);
        Expect.Equal("4200", Encoding.UTF8.GetString(second.StepContent.Span));
        await ChangeAsync(store, Finish(second)).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.That((await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim is { Step: null, Attempt: 1 }, "A new operation of that key begins at the beginning.");
    }

    private static async Task AnAnswerThatHasExpiredIsAsGoodAsNoneAsync(IStoreUnderTest store)
    {
        var key = Key(store, "expired");
        var first = (await ClaimAsync(store, key, Joined).ConfigureAwait(false)).Claim!;
        Expect.That(await ChangeAsync(store, Change(first, OperationState.Succeeded) with { From = OperationState.Succeeded, Result = "old"u8.ToArray() }).ConfigureAwait(false), "A joined operation keeps its result.");
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.Equal(null, await store.Operations.FindAsync(key).ConfigureAwait(false));
        var answer = (await store.InUnitAsync(unit => store.Operations.ClaimAsync(unit, [new OperationRequest(key, Fingerprint.Nothing, Guid.NewGuid())], Joined)).ConfigureAwait(false))[0];
        Expect.That(answer.Claim is { Attempt: 1 } again && again.Epoch > first.Epoch, "Anything may be asked for under the key again, and its epoch goes on.");
        Expect.Equal(0, (await store.Operations.FindAsync(key).ConfigureAwait(false))!.Result.Length);
    }

    private static async Task ASweptRowThatIsMadeAgainDoesNotKnowItsEarlierClaimAsync(IStoreUnderTest store)
    {
        var key = Key(store, "swept");
        var lost = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var second = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        await ChangeAsync(store, Finish(second)).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.Equal(1, await store.Operations.SweepAsync(10).ConfigureAwait(false));
        var third = (await ClaimAsync(store, key, Leased).ConfigureAwait(false)).Claim!;
        Expect.That(!await ChangeAsync(store, Finish(lost)).ConfigureAwait(false), "The first worker returns very late, and is fenced though the epoch may look like its own.");
        Expect.That(await ChangeAsync(store, Finish(third)).ConfigureAwait(false), "The claim of now stands.");
    }

    private static async Task SweepingTakesFinishedRowsAloneAsync(IStoreUnderTest store)
    {
        for (var i = 0; i < 5; i++)
        {
            await ClaimAsync(store, Key(store, $"done-{i}"), Joined).ConfigureAwait(false);
        }

        await ClaimAsync(store, Key(store, "running"), Leased).ConfigureAwait(false);
        var unknown = (await ClaimAsync(store, Key(store, "unknown"), Leased).ConfigureAwait(false)).Claim!;
        await ChangeAsync(store, Change(unknown, OperationState.Unknown)).ConfigureAwait(false);
        Expect.Equal(0, await store.Operations.SweepAsync(10).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromDays(1)).ConfigureAwait(false);
        Expect.Equal(3, await store.Operations.SweepAsync(3).ConfigureAwait(false));
        Expect.Equal(2, await store.Operations.SweepAsync(3).ConfigureAwait(false));
        Expect.Equal(0, await store.Operations.SweepAsync(3).ConfigureAwait(false));
        Expect.Equal(2, (await store.Operations.ListInterruptedAsync(store.Tenant, 10).ConfigureAwait(false)).Count);
        Expect.Equal(1, (await store.Operations.ListInterruptedAsync(store.Tenant, 1).ConfigureAwait(false)).Count);
    }

    private static async Task AClaimIsTakenBackInItsUnitAsync(IStoreUnderTest store)
    {
        var key = Key(store, "taken back");
        await store.InUnitAsync(async unit =>
        {
            var claim = (await store.Operations.ClaimAsync(unit, [new OperationRequest(key, Asked, Guid.NewGuid())], Joined).ConfigureAwait(false))[0].Claim!;
            Expect.That((await store.Operations.ReleaseAsync(unit, [claim]).ConfigureAwait(false))[0], "It stood.");
            return true;
        }).ConfigureAwait(false);
        Expect.Equal(null, await store.Operations.FindAsync(key).ConfigureAwait(false));
    }

    private static async Task ASetAnswersForEachOfItsMembersAsync(IStoreUnderTest store)
    {
        await ClaimAsync(store, Key(store, "set-1"), Joined).ConfigureAwait(false);
        var answers = await store.InUnitAsync(unit => store.Operations.ClaimAsync(
            unit, [.. Enumerable.Range(0, 4).Reverse().Select(i => new OperationRequest(Key(store, $"set-{i}"), Asked, Guid.NewGuid()))], Joined)).ConfigureAwait(false);
        Expect.Sequence(["set-3", "set-2", "", "set-0"], answers.Select(answer => answer.Claim?.Key.Key ?? ""));
        Expect.Equal("set-1", answers[2].Existing?.Key.Key);
        var changed = await store.InUnitAsync(unit => store.Operations.ChangeAsync(
            unit, [.. answers.Select((answer, i) => Change(answer.Claim ?? answers[0].Claim! with { Epoch = 77 }, OperationState.Succeeded) with { From = OperationState.Succeeded, Result = Encoding.UTF8.GetBytes($"result {i}") })])).ConfigureAwait(false);
        Expect.Sequence([true, true, false, true], changed);
        Expect.Equal("result 3", Encoding.UTF8.GetString((await store.Operations.FindAsync(Key(store, "set-0")).ConfigureAwait(false))!.Result.Span));
        Expect.Equal(0, (await store.InUnitAsync(unit => store.Operations.ClaimAsync(unit, [], Joined)).ConfigureAwait(false)).Count);
    }

    private static async Task ASetThatNamesAKeyTwiceIsRefusedAsync(IStoreUnderTest store)
    {
        var request = new OperationRequest(Key(store, "twice"), Asked, Guid.NewGuid());
        await Expect.ThrowsAsync<ArgumentException>(() => store.InUnitAsync(unit => store.Operations.ClaimAsync(unit, [request, request], Joined)), "No statement claims a row twice.").ConfigureAwait(false);
    }

    private static async Task AClaimWaitsForTheOneThatCameFirstAsync(IStoreUnderTest store)
    {
        foreach (var commits in (bool[])[false, true])
        {
            var key = Key(store, $"waits-{commits}");
            var other = await store.OpenAnotherAsync().ConfigureAwait(false);
            var first = await store.Units.BeginAsync().ConfigureAwait(false);
            Task<ClaimAnswer> second;
            await using (first.ConfigureAwait(false))
            {
                await store.Operations.ClaimAsync(first, [new OperationRequest(key, Asked, Guid.NewGuid())], Joined).ConfigureAwait(false);
                second = Task.Run(() => ClaimAsync(other, key, Joined));
                if (commits)
                {
                    await first.CommitAsync().ConfigureAwait(false);
                }
            }

            var answer = await second.ConfigureAwait(false);
            Expect.Equal(commits, answer.Claim is null);
            Expect.Equal(commits, answer.Existing is not null);
        }
    }

    private static OperationKey Key(IStoreUnderTest store, string key) => new(store.Tenant, "refund", key);

    private static async Task<ClaimAnswer> ClaimAsync(IStoreActor store, OperationKey key, ClaimTerms terms, bool commit = true) =>
        (await store.InUnitAsync(unit => store.Operations.ClaimAsync(unit, [new OperationRequest(key, Asked, Guid.NewGuid())], terms), commit).ConfigureAwait(false))[0];

    private static async Task<bool> ChangeAsync(IStoreActor store, OperationChange change, bool commit = true) =>
        (await store.InUnitAsync(unit => store.Operations.ChangeAsync(unit, [change]), commit).ConfigureAwait(false))[0];

    private static async Task<bool> ReleaseAsync(IStoreActor store, OperationClaim claim) =>
        (await store.InUnitAsync(unit => store.Operations.ReleaseAsync(unit, [claim])).ConfigureAwait(false))[0];

    private static OperationChange Finish(OperationClaim claim) => Change(claim, OperationState.Succeeded);

    private static OperationChange Change(OperationClaim claim, OperationState to) => new()
    {
        Key = claim.Key,
        Epoch = claim.Epoch,
        Owner = claim.Owner,
        From = OperationState.Running,
        To = to,
        Span = Acting.Minute,
    };
}
