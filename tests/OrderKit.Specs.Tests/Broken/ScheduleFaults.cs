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
            "Of requests that come at once one is executed, and every other hears of it",
            "A commit whose answer is lost is looked up before anything is told",
            "A request whose rival rolls back is executed itself",
            "Of workers that come at once one has the effect",
            "An answer that expires is given again or replaced, and never by two",
            "Another content under the same key is told so, whatever happens to the first",
            "Whoever asks what became of an interrupted operation has it done once"),
        Of(nameof(ClaimScheduleSpec), "Changes are not fenced", store => store.Operations.Change = async (inner, unit, changes) =>
        {
            await inner.ChangeAsync(unit, changes);
            return [.. changes.Select(_ => true)];
        },
            "A worker that was overtaken writes nothing",
            "A worker of long ago does not take the row of today for its own",
            "A lease that lapses beside its finish is finished or held, and never both"),
        Of(nameof(ClaimScheduleSpec), "Leases are short", store => store.Operations.Claim = async (inner, unit, requests, terms) =>
            await inner.ClaimAsync(unit, requests, terms.State == OperationState.Running ? terms with { Span = terms.Span / 3 } : terms),
            "A node's own clock neither ends a lease nor prolongs it"),
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
            "A lapsed lease that nobody took over is finished"),
        Of(nameof(ClaimScheduleSpec), "Sweepers count what they may take", store => store.Operations.Sweep = async (inner, max) => Math.Max(1, await inner.SweepAsync(max)),
            "Sweepers take what has expired, once, and nothing that runs"),
    ];

    private static IEnumerable<Fault> Transactions =>
    [
        Of(nameof(TransactionScheduleSpec), "Everybody wins", EverybodyWins,
            "Hosts that claim two keys in opposite orders come to an end, and each key is claimed once",
            "Sets that name the same keys in opposite orders never wait for each other",
            "Callers of two processes that share transactions have each key done once, and one that fails alone"),
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
            "A host that rolls back leaves nothing, and whoever waited for it goes on"),
        Of(nameof(TransactionScheduleSpec), "Events are not written", store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, [.. changes.Select(change => change with { Messages = [] })]),
            "Facts of two hosts on one order are each told once, in one order"),
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
            "A message that came twice at once is accepted once",
            "A redrive beside the late success of its first delivery has one effect"),
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
            "A handler that outlasts its lease has no effect beside its successor's"),
        Of(nameof(MessageScheduleSpec), "A message is taken for delivered when it is claimed", store => store.Outbox.Claim = async (inner, destination, max, lease) =>
        {
            var claimed = await inner.ClaimAsync(destination, max, lease);
            await inner.CompleteAsync(claimed);
            return claimed;
        },
            "A lane keeps its order while its head fails and pumps race"),
        Of(nameof(MessageScheduleSpec), "A letter is closed by everybody", store => store.DeadLetters.Close = async (inner, unit, number, to, by, note) =>
        {
            await inner.CloseAsync(unit, number, to, by, note);
            return true;
        },
            "A letter that two people redrive is delivered once"),
    ];

    private static IEnumerable<Fault> Payments =>
    [
        Of(nameof(PaymentScheduleSpec), "Everybody wins", EverybodyWins,
            "A payment that callback and query tell at once counts once, and is acknowledged only when it is durable",
            "Payment, end and refund of one trade each count once"),
        Of(nameof(PaymentScheduleSpec), "The quarantine keeps nothing", store => store.Quarantine.Add = (_, _, _) => Task.FromResult(true),
            "Of two amounts under one id one counts, and the other is kept"),
        Of(nameof(PaymentScheduleSpec), "Nobody guards", store => store.DuplicateOrders.Guard = (_, _, guards) => Task.FromResult<IReadOnlyList<GuardFinding?>>([.. guards.Select(_ => (GuardFinding?)null)]),
            "Of two tabs that order one cart one is taken",
            "An order is held by one of two that race at the end of the window, and never by both"),
        Of(nameof(PaymentScheduleSpec), "A guard outlives its order", store => store.DuplicateOrders.Release = (_, _, _, _) => Task.FromResult(0),
            "A tab whose rival rolls back or is cancelled is taken itself"),
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
