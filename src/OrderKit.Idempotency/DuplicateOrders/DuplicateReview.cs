using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>The desk that looks at held orders: it lets them go on, joins them with the earlier order, or gives them up.</summary>
/// <remarks>
/// Safe for several threads and machines. Each decision is one row of audit and one message in the outbox, in the caller's transaction;
/// of two decisions about one order the first stands. What is to happen to order, parcel and money is done by whoever gets the message.
/// </remarks>
public sealed class DuplicateReview
{
    /// <summary>Who lets orders go on that nobody looked at.</summary>
    public const string AutomaticOperator = "orderkit.auto-release";

    private const string NobodyDecided = "Nobody decided before the end of the hold.";

    private readonly IDuplicateOrderStore _store;
    private readonly IDuplicateOrderQueryStore _queries;
    private readonly IUnitOfWorkFactory _units;
    private readonly DuplicateOrders _guards;
    private readonly DuplicateRules _rules;

    /// <summary>Makes the service; hosts with a container get it from there.</summary>
    public DuplicateReview(IDuplicateOrderStore store, IDuplicateOrderQueryStore queries, IUnitOfWorkFactory units, DuplicateRules? rules = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _queries = queries ?? throw new ArgumentNullException(nameof(queries));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _rules = rules ?? new DuplicateRules();
        _guards = new DuplicateOrders(store, _rules);
    }

    /// <summary>Lists suspected duplicates: those that wait for a decision, or the labelled pairs of a payment channel and a time.</summary>
    public Task<Page<SuspectedDuplicate>> QueryAsync(DuplicateOrderQuery query, CancellationToken cancellationToken = default) =>
        _queries.QueryAsync(query, cancellationToken).AsTask();

    /// <summary>The decisions about an order, in the order made.</summary>
    public Task<IReadOnlyList<DuplicateAct>> ReadActsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        _queries.ReadActsAsync(order, cancellationToken).AsTask();

    /// <summary>Lets an order go on: two orders were meant.</summary>
    /// <exception cref="ArgumentException">Nobody is named, or no reason.</exception>
    public Task<ReviewResult> ReleaseAsync(UnitOfWork unitOfWork, OrderKey order, string @operator, string reason, CancellationToken cancellationToken = default) =>
        DecideAsync(unitOfWork, order, SuspicionState.Released, @operator, reason, null, cancellationToken);

    /// <summary>Lets an order go on in one parcel with the earlier one. Both stay orders of their own, with their own numbers and money.</summary>
    /// <exception cref="ArgumentException">Nobody is named, or no reason.</exception>
    public Task<ReviewResult> MergeAsync(UnitOfWork unitOfWork, OrderKey order, string @operator, string reason, CancellationToken cancellationToken = default) =>
        DecideAsync(unitOfWork, order, SuspicionState.Merged, @operator, reason, null, cancellationToken);

    /// <summary>Gives an order up, and frees what it guards.</summary>
    /// <param name="unitOfWork">The transaction.</param>
    /// <param name="order">The order.</param>
    /// <param name="captured">What was paid for it until now: it is proposed for a refund. Nothing or zero has the order cancelled.</param>
    /// <param name="operator">Who decides.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">Nobody is named, or no reason, or the money is negative.</exception>
    public async Task<ReviewResult> VoidAsync(
        UnitOfWork unitOfWork, OrderKey order, Money? captured, string @operator, string reason, CancellationToken cancellationToken = default)
    {
        if (captured is { MinorUnits: < 0 })
        {
            throw new ArgumentException($"What was paid is {captured}; it cannot be negative.", nameof(captured));
        }

        var refund = captured is { IsZero: false } ? captured : null;
        var result = await DecideAsync(unitOfWork, order, SuspicionState.Voided, @operator, reason, refund, cancellationToken).ConfigureAwait(false);
        if (result is ReviewResult.Decided)
        {
            await _guards.ReleaseAsync(unitOfWork, order, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Lets all orders go on whose hold has ended by the store's clock, a batch at a time, until there is none.</summary>
    /// <returns>How many orders.</returns>
    public async Task<int> RunDueAsync(CancellationToken cancellationToken = default)
    {
        var released = 0;
        while (true)
        {
            var rules = _rules.Current;
            var due = await _queries.DueAsync(rules.BatchSize, cancellationToken).ConfigureAwait(false);
            if (due.Count == 0)
            {
                return released;
            }

            // In the order of their keys, so that two machines that do this at once do not wait for each other in a circle.
            var decisions = due.GroupBy(suspicion => suspicion.Order).OrderBy(order => order.Key)
                .Select(order => DecisionOf(rules, order.First(), SuspicionState.Lapsed, AutomaticOperator, NobodyDecided, null)).ToList();
            var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                var decided = await _store.DecideAsync(unit, decisions, cancellationToken).ConfigureAwait(false);
                await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
                released += decided.Count(wasHeld => wasHeld);
                if (!decided.Contains(true))
                {
                    // Others were quicker with every one of them, and go on with the rest.
                    return released;
                }
            }
        }
    }

    internal static OutboxMessage MessageOf(DuplicateRuleSet rules, DuplicateOrderNotice notice) => new(
        DuplicateOrderNotice.IdOf(notice.Order, notice.State),
        rules.Destination,
        notice.Order.Tenant,
        notice.Order.Order.Value,
        DuplicateOrderNoticeCodec.MessageType,
        DuplicateOrderNoticeCodec.Encode(notice));

    private static DuplicateDecision DecisionOf(
        DuplicateRuleSet rules, SuspectedDuplicate held, SuspicionState decision, string @operator, string reason, Money? refund) => new(
        held.Order,
        decision,
        @operator,
        reason,
        [MessageOf(rules, new DuplicateOrderNotice(held.Order, held.Earlier, held.Rule, decision, @operator, reason, refund))]);

    private async Task<ReviewResult> DecideAsync(
        UnitOfWork unitOfWork, OrderKey order, SuspicionState decision, string @operator, string reason, Money? refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        ArgumentException.ThrowIfNullOrWhiteSpace(@operator);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        var suspicions = await _store.LoadAsync(unitOfWork, order, cancellationToken).ConfigureAwait(false);
        if (suspicions.FirstOrDefault(suspicion => suspicion.AutoReleaseAt is not null) is not { } held)
        {
            return new ReviewResult.NotHeld();
        }

        var decided = await _store.DecideAsync(
            unitOfWork, [DecisionOf(_rules.Current, held, decision, @operator, reason, refund)], cancellationToken).ConfigureAwait(false);
        if (decided[0])
        {
            return new ReviewResult.Decided();
        }

        var act = (await _store.LoadActsAsync(unitOfWork, order, cancellationToken).ConfigureAwait(false))[^1];
        return act.Decision == decision ? new ReviewResult.DecidedBefore(act) : new ReviewResult.DecidedOtherwise(act);
    }
}
