using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Reviews held orders: releases them, merges them with the earlier order, or voids them.</summary>
/// <remarks>
/// Safe for concurrent use by several threads and machines. Each decision writes one audit row and one outbox message in the caller's
/// transaction. If two people decide about one order, the first decision stands. The receiver of the message acts on order, parcel and
/// money.
/// </remarks>
public sealed class DuplicateReview
{
    /// <summary>The operator of automatic releases.</summary>
    public const string AutomaticOperator = "orderkit.auto-release";

    private const string NobodyDecided = "Nobody decided before the hold ended.";

    private readonly IDuplicateOrderStore _store;
    private readonly IDuplicateOrderQueryStore _queries;
    private readonly IUnitOfWorkFactory _units;
    private readonly DuplicateOrders _guards;
    private readonly DuplicateRules _rules;

    /// <summary>Creates the service. Hosts with a service container resolve it from there.</summary>
    public DuplicateReview(
        IDuplicateOrderStore store, IDuplicateOrderQueryStore queries, IUnitOfWorkFactory units, DuplicateRules? rules = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _queries = queries ?? throw new ArgumentNullException(nameof(queries));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _rules = rules ?? new DuplicateRules();
        _guards = new DuplicateOrders(store, _rules);
    }

    /// <summary>Lists suspected duplicates, such as those that wait for a decision or the labelled pairs of a payment channel.</summary>
    public Task<Page<SuspectedDuplicate>> QueryAsync(DuplicateOrderQuery query, CancellationToken cancellationToken = default) =>
        _queries.QueryAsync(query, cancellationToken).AsTask();

    /// <summary>Reads the decisions about an order, oldest first.</summary>
    public Task<IReadOnlyList<DuplicateAct>> ReadActsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        _queries.ReadActsAsync(order, cancellationToken).AsTask();

    /// <summary>Releases an order, because the customer meant to place two orders.</summary>
    /// <exception cref="ArgumentException">Operator or reason is empty.</exception>
    public Task<ReviewResult> ReleaseAsync(
        UnitOfWork unitOfWork, OrderKey order, string @operator, string reason, CancellationToken cancellationToken = default) =>
        DecideAsync(unitOfWork, order, SuspicionState.Released, @operator, reason, null, cancellationToken);

    /// <summary>Releases an order to be shipped in one parcel with the earlier order. Both keep their numbers and their money.</summary>
    /// <exception cref="ArgumentException">Operator or reason is empty.</exception>
    public Task<ReviewResult> MergeAsync(
        UnitOfWork unitOfWork, OrderKey order, string @operator, string reason, CancellationToken cancellationToken = default) =>
        DecideAsync(unitOfWork, order, SuspicionState.Merged, @operator, reason, null, cancellationToken);

    /// <summary>Voids an order and frees the subjects that it guards.</summary>
    /// <param name="unitOfWork">The transaction.</param>
    /// <param name="order">The order.</param>
    /// <param name="captured">The amount paid so far. It is proposed for a refund. Null or zero cancels the order instead.</param>
    /// <param name="operator">Who decides.</param>
    /// <param name="reason">The reason for the decision.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException">Operator or reason is empty, or the amount is negative.</exception>
    public async Task<ReviewResult> VoidAsync(
        UnitOfWork unitOfWork, OrderKey order, Money? captured, string @operator, string reason,
        CancellationToken cancellationToken = default)
    {
        if (captured is { MinorUnits: < 0 })
        {
            throw new ArgumentException($"The captured amount is {captured}. It cannot be negative.", nameof(captured));
        }

        var refund = captured is { IsZero: false } ? captured : null;
        var result = await DecideAsync(
            unitOfWork, order, SuspicionState.Voided, @operator, reason, refund, cancellationToken).ConfigureAwait(false);
        if (result is ReviewResult.Applied)
        {
            await _guards.ReleaseAsync(unitOfWork, order, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Releases all orders whose hold has ended by the store's clock, one batch per transaction, until none is left.</summary>
    /// <returns>The number of released orders.</returns>
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

            // Sorted by key, so that two machines that do this at the same time cannot deadlock.
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
                    // Another machine decided all of them first and continues with the rest.
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
        UnitOfWork unitOfWork, OrderKey order, SuspicionState decision, string @operator, string reason, Money? refund,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        ArgumentException.ThrowIfNullOrWhiteSpace(@operator);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        var suspicions = await _store.LoadAsync(unitOfWork, order, cancellationToken).ConfigureAwait(false);
        if (suspicions.FirstOrDefault(suspicion => suspicion.AutoReleaseAt is not null) is not { } held)
        {
            return new ReviewResult.NotFound();
        }

        var decided = await _store.DecideAsync(
            unitOfWork, [DecisionOf(_rules.Current, held, decision, @operator, reason, refund)], cancellationToken).ConfigureAwait(false);
        if (decided[0])
        {
            return new ReviewResult.Applied();
        }

        var act = (await _store.LoadActsAsync(unitOfWork, order, cancellationToken).ConfigureAwait(false))[^1];
        return act.Decision == decision ? new ReviewResult.Duplicate(act) : new ReviewResult.Mismatch(act);
    }
}
