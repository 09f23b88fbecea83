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
            "A set has one answer for each member",
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
            "A rolled-back claim leaves nothing"),
        new("Keys are compared without case", Suite, store =>
        {
            store.Operations.Claim = async (inner, unit, requests, terms) => await inner.ClaimAsync(
                unit, [.. requests.Select(r => r with { Key = new OperationKey(r.Key.Tenant, r.Key.Scope.ToLowerInvariant(), r.Key.Key.ToLowerInvariant()) })], terms);
        },
            "The same id of another tenant or business is another operation",
            "Keys may contain any text"),
        new("The result is lost", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
            await inner.ChangeAsync(unit, [.. changes.Select(change => change with { Result = null })]),
            "Every field of an operation is read back"),
        new("The fingerprint is not compared", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, [.. requests.Select(request => request with { Fingerprint = Fingerprint.Nothing })], terms),
            "A different fingerprint never takes over a row"),
        new("Leases never lapse", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms with { Span = TimeSpan.FromDays(10_000) }),
            "A lapsed lease can be taken over under the next epoch, if the terms allow it",
            "An interrupted operation is marked only when its lease has lapsed"),
        new("A lapsed lease is nobody's", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms with { TakesLapsed = true }),
            "A lapsed lease can be taken over under the next epoch, if the terms allow it"),
        new("Changes are not fenced", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
        {
            await inner.ChangeAsync(unit, changes);
            return [.. changes.Select(_ => true)];
        },
            "A claim that was taken over changes nothing",
            "A row that was swept and created again does not accept its earlier claim",
            "A set has one answer for each member"),
        new("A late worker is refused although nobody took over", Suite, store =>
        {
            store.Operations.Change = async (inner, unit, changes) =>
                await inner.ChangeAsync(unit, [.. changes.Select(change => change with { OnlyIfLapsed = false, Epoch = change.To == OperationState.Succeeded ? -1 : change.Epoch })]);
        },
            "A lapsed lease that nobody took over can still finish"),
        new("Renewing does nothing", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
            changes[0] is { From: OperationState.Running, To: OperationState.Running } ? [true] : await inner.ChangeAsync(unit, changes),
            "A renewed lease lapses later",
            "Steps are kept after the attempt that made them"),
        new("A running one is marked as interrupted", Suite, store => store.Operations.Change = async (inner, unit, changes) =>
            await inner.ChangeAsync(unit, [.. changes.Select(change => change with { OnlyIfLapsed = false })]),
            "An interrupted operation is marked only when its lease has lapsed"),
        new("A waiting one is begun for ever", Suite, store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms with { MaxAttempts = int.MaxValue }),
            "A waiting operation is retried after its delay, up to the maximum number of attempts"),
        new("Answers never expire", Suite, store =>
        {
            store.Operations.Claim = async (inner, unit, requests, terms) =>
                await inner.ClaimAsync(unit, requests, terms.State == OperationState.Running ? terms : terms with { Span = TimeSpan.FromDays(10_000) });
            store.Operations.Change = async (inner, unit, changes) =>
                await inner.ChangeAsync(unit, [.. changes.Select(change => change.To == OperationState.Succeeded ? change with { Span = TimeSpan.FromDays(10_000) } : change)]);
        },
            "An expired result counts as absent, swept or not",
            "Sweeping removes only finished rows, up to its limit"),
        new("The sweeper takes no notice of its limit", Suite, store => store.Operations.Sweep = async (inner, _) => await inner.SweepAsync(1_000),
            "Sweeping removes only finished rows, up to its limit"),
        new("A claim cannot be taken back", Suite, store => store.Operations.Release = (_, _, claims) => Task.FromResult<IReadOnlyList<bool>>([.. claims.Select(_ => true)]),
            "A claim can be undone in its unit",
            "A claim that was taken over changes nothing"),
    ];
}
