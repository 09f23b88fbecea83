using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores that let something happen twice, or not at all, in some order of steps.</summary>
internal static class ScheduleFaults
{
    public static IEnumerable<Fault> All => [.. Claims, .. Transactions, .. Messages, .. Payments];

    private static IEnumerable<Fault> Claims =>
    [
        Of(nameof(ClaimScheduleSpec), "Everybody wins", EverybodyWins,
            "Of concurrent requests one is executed, and the others get its result",
            "After a lost commit answer the outcome is looked up before it is reported",
            "A request is executed if its rival rolls back",
            "Of concurrent workers one has the effect",
            "An expiring result is returned or replaced once",
            "A request with the same key and different content gets a mismatch, whatever happens to the first",
            "Asking a resolver about an interrupted operation executes it once"),
        Of(nameof(ClaimScheduleSpec), "Changes are not fenced", store => store.Operations.Change = async (inner, unit, changes) =>
        {
            await inner.ChangeAsync(unit, changes);
            return [.. changes.Select(_ => true)];
        },
            "A worker that lost its lease writes nothing",
            "A worker with an old claim does not change the row of a new claim",
            "An operation whose lease lapses while it finishes is finished or held, never both"),
        Of(nameof(ClaimScheduleSpec), "Leases are short", store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms.State == OperationState.Running ? terms with { Span = terms.Span / 3 } : terms),
            "The clock of a node neither ends nor prolongs a lease"),
        Of(nameof(ClaimScheduleSpec), "A late worker is refused although nobody took over", store =>
        {
            var isLate = false;
            store.Advance = by =>
            {
                isLate = true;
                return by;
            };
            store.Operations.Change = async (inner, unit, changes) => isLate ? [false] : await inner.ChangeAsync(unit, changes);
        },
            "An operation whose lapsed lease nobody took over can be finished"),
        Of(nameof(ClaimScheduleSpec), "Sweepers count what they may take", store => store.Operations.Sweep = async (inner, max) => Math.Max(1, await inner.SweepAsync(max)),
            "Sweepers remove only expired operations, each once"),
    ];

    private static IEnumerable<Fault> Transactions =>
    [
        Of(nameof(TransactionScheduleSpec), "Everybody wins", EverybodyWins,
            "Hosts that claim two keys in opposite orders finish, and each key is claimed once",
            "Sets with the same keys in opposite orders never deadlock",
            "Grouped callers of two processes execute each key once, and a failure affects only its own caller"),
        Of(nameof(TransactionScheduleSpec), "Claims outlive a rollback", store =>
        {
            var claimed = new HashSet<OperationKey>();
            store.Operations.Claim = async (inner, unit, requests, terms) => claimed.Add(requests[0].Key)
                ? await inner.ClaimAsync(unit, requests, terms)
                : [new ClaimAnswer(null, new StoredOperation
                {
                    Key = requests[0].Key, Fingerprint = requests[0].Fingerprint, State = OperationState.Succeeded, Epoch = 1, Owner = default, Attempts = 1, CreatedAt = default, FinishedAt = default(DateTimeOffset),
                })];
        },
            "A host that rolls back leaves nothing, and whoever waited for it continues"),
        Of(nameof(TransactionScheduleSpec), "Events are not written", store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, [.. changes.Select(change => change with { Messages = [] })]),
            "Facts of two hosts on one order each produce one event, in the same sequence"),
    ];

    private static IEnumerable<Fault> Messages =>
    [
        Of(nameof(MessageScheduleSpec), "Every delivery is new", store =>
        {
            var number = 0;
            store.Inbox.Accept = async (inner, unit, messages) =>
                [.. await inner.AcceptAsync(unit, [.. messages.Select(message => message with { MessageId = $"{message.MessageId}-{++number}" })])];
        },
            "A message has one effect, whichever pump crashes or is overtaken",
            "A message that arrives twice at the same time is accepted once",
            "A redrive concurrent with the late success of the first delivery has one effect"),
        Of(nameof(MessageScheduleSpec), "Completions are not fenced", store => store.Inbox.Complete = async (inner, unit, deliveries, retention) =>
        {
            try
            {
                await inner.CompleteAsync(unit, deliveries, retention);
            }
            catch (InboxFenceLostException)
            {
            }
        },
            "A handler that outlasts its lease adds no effect to that of its successor"),
        Of(nameof(MessageScheduleSpec), "A message is taken for delivered when it is claimed", store => store.Outbox.Claim = async (inner, destination, max, lease) =>
        {
            var claimed = await inner.ClaimAsync(destination, max, lease);
            await inner.CompleteAsync(claimed);
            return claimed;
        },
            "A lane keeps its order while its first message fails and pumps race"),
        Of(nameof(MessageScheduleSpec), "A letter is closed by everybody", store => store.DeadLetters.Close = async (inner, unit, number, to, by, note) =>
        {
            await inner.CloseAsync(unit, number, to, by, note);
            return true;
        },
            "A dead letter that two people redrive is delivered once"),
    ];

    private static IEnumerable<Fault> Payments =>
    [
        Of(nameof(PaymentScheduleSpec), "Everybody wins", EverybodyWins,
            "A payment reported by callback and query at once counts once, and is acknowledged only when it is durable",
            "Payment, end and refund of one trade each count once"),
        Of(nameof(PaymentScheduleSpec), "The quarantine keeps nothing", store => store.Quarantine.Add = (_, _, _) => Task.FromResult(true),
            "Of two amounts under one id one counts, and the other is quarantined"),
        Of(nameof(PaymentScheduleSpec), "Nobody guards", store => store.DuplicateOrders.Guard = (_, _, guards) => Task.FromResult<IReadOnlyList<GuardFinding?>>([.. guards.Select(_ => (GuardFinding?)null)]),
            "Of two browser tabs that order one cart one is accepted",
            "Of two orders that race at the end of the window at most one is accepted"),
        Of(nameof(PaymentScheduleSpec), "A guard outlives its order", store => store.DuplicateOrders.Release = (_, _, _, _) => Task.FromResult(0),
            "An order is accepted if its rival rolls back or is cancelled"),
    ];

    private static Fault Of(string suite, string name, Action<BrokenStore> breaks, params string[] foundBy) => new(name, suite, breaks, foundBy);

    private static void EverybodyWins(BrokenStore store) => store.Operations.Claim = async (inner, unit, requests, terms) =>
    {
        var answers = await inner.ClaimAsync(unit, requests, terms);
        return [.. requests.Select((request, i) => answers[i].Existing is { } row
            ? new ClaimAnswer(new OperationClaim(request.Key, row.Epoch, row.Owner, 1, null, default), null)
            : answers[i])];
    };
}
