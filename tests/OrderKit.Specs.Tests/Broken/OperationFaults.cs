using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores of operations.</summary>
internal static class OperationFaults
{
    private const string Suite = nameof(OperationStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Everybody wins", Suite, store => store.Operations.Claim = (_, _, requests, _) => Task.FromResult<IReadOnlyList<ClaimAnswer>>(
            [.. requests.Select(request => new ClaimAnswer(new OperationClaim(request.Key, 1, request.Owner, 1, null, default), null))]),
            "An operation is claimed once",
            "Of racing claims one wins",
            "A set answers for each of its members",
            "A set that names a key twice is refused"),
        new("Nobody wins", Suite, store => store.Operations.Claim = (_, _, requests, _) => Task.FromResult<IReadOnlyList<ClaimAnswer>>(
            [.. requests.Select(_ => default(ClaimAnswer))]),
            "Of racing claims one wins"),
        new("Claims outlive a rollback", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
        {
            var answers = await inner.ClaimAsync(unit, requests, terms);
            await unit.CommitAsync();
            return answers;
        },
            "A claim that is rolled back was never made"),
        new("Keys are compared without case", Suite, store =>
        {
            store.Operations.Claim = async (inner, unit, requests, terms) => await inner.ClaimAsync(
                unit, [.. requests.Select(r => r with { Key = new OperationKey(r.Key.Tenant, r.Key.Scope.ToLowerInvariant(), r.Key.Key.ToLowerInvariant()) })], terms);
        },
            "The same id of another tenant or business is another operation",
            "Keys are only text"),
        new("The result is lost", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
            await inner.ChangeAsync(unit, [.. changes.Select(change => change with { Result = null })]),
            "Everything about an operation is read back"),
        new("The fingerprint is not compared", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, [.. requests.Select(request => request with { Fingerprint = Fingerprint.Nothing })], terms),
            "Another fingerprint never takes a row over"),
        new("Leases never lapse", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms with { Span = TimeSpan.FromDays(10_000) }),
            "A lapsed lease is taken over by whoever may, under the next epoch",
            "An interrupted operation is marked only when its lease has lapsed"),
        new("A lapsed lease is nobody's", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms with { TakesLapsed = true }),
            "A lapsed lease is taken over by whoever may, under the next epoch"),
        new("Changes are not fenced", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
        {
            await inner.ChangeAsync(unit, changes);
            return [.. changes.Select(_ => true)];
        },
            "A claim that was taken over changes nothing",
            "A swept row that is made again does not know its earlier claim",
            "A set answers for each of its members"),
        new("A late worker is refused although nobody took over", Suite, store =>
        {
            store.Operations.Change = async (inner, unit, changes) =>
                await inner.ChangeAsync(unit, [.. changes.Select(change => change with { OnlyIfLapsed = false, Epoch = change.To == OperationState.Succeeded ? -1 : change.Epoch })]);
        },
            "A lapsed lease that nobody took still finishes"),
        new("Renewing does nothing", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
            changes[0] is { From: OperationState.Running, To: OperationState.Running } ? [true] : await inner.ChangeAsync(unit, changes),
            "A renewed lease lapses later",
            "Steps outlive the attempt that made them"),
        new("A running one is marked as interrupted", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
            await inner.ChangeAsync(unit, [.. changes.Select(change => change with { OnlyIfLapsed = false })]),
            "An interrupted operation is marked only when its lease has lapsed"),
        new("A waiting one is begun for ever", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms with { MaxAttempts = int.MaxValue }),
            "A waiting operation is begun again when its pause is over, and only so often"),
        new("Answers never expire", Suite, store =>
        {
            store.Operations.Claim = async (inner, unit, requests, terms) =>
                await inner.ClaimAsync(unit, requests, terms.State == OperationState.Running ? terms : terms with { Span = TimeSpan.FromDays(10_000) });
            store.Operations.Change = async (inner, unit, changes) =>
                await inner.ChangeAsync(unit, [.. changes.Select(change => change.To == OperationState.Succeeded ? change with { Span = TimeSpan.FromDays(10_000) } : change)]);
        },
            "An answer that has expired is as good as none, swept or not",
            "Sweeping takes finished rows alone, and no more than it may"),
        new("The sweeper takes no notice of its limit", Suite, store => store.Operations.Sweep = async (inner, _) => await inner.SweepAsync(1_000),
            "Sweeping takes finished rows alone, and no more than it may"),
        new("A claim cannot be taken back", Suite, store => store.Operations.Release = (_, _, claims) => Task.FromResult<IReadOnlyList<bool>>([.. claims.Select(_ => true)]),
            "A claim is taken back in its unit",
            "A claim that was taken over changes nothing"),
    ];
}
