using System.Diagnostics.Metrics;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Finds duplicate orders, in the transaction that inserts the order.</summary>
/// <remarks>
/// Safe for concurrent use by several threads and machines. Call it in the transaction that inserts the order: a rollback also undoes the
/// guards. When orders with the same subject are checked at the same time, exactly one is accepted.
/// </remarks>
public sealed class DuplicateOrders
{
    private static readonly Counter<long> Checks = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.DuplicateChecksCounterName, "{order}", "Orders that were checked for duplicates.");

    private readonly IDuplicateOrderStore _store;
    private readonly DuplicateRules _rules;

    /// <summary>Creates the service. Hosts with a service container resolve it from there.</summary>
    public DuplicateOrders(IDuplicateOrderStore store, DuplicateRules? rules = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _rules = rules ?? new DuplicateRules();
    }

    /// <summary>Checks an order against all rules and makes it the guard of its subjects.</summary>
    /// <remarks>
    /// A rejected order leaves no guard and no label. A held order adds a row to the review queue and a message to the outbox.
    /// When an order is checked again, a rule with <see cref="DuplicateRule.FindsSameOrder"/> rejects it and names the order itself.
    /// All other rules repeat their verdict until somebody decides.
    /// </remarks>
    /// <exception cref="ArgumentException">The order id is empty, or a text contains an unpaired surrogate.</exception>
    public async Task<DuplicateVerdict> CheckAsync(
        UnitOfWork unitOfWork, OrderCandidate order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        ArgumentNullException.ThrowIfNull(order);
        if (order.Order.Order.IsEmpty)
        {
            throw new ArgumentException("The order id is empty. Derive it with OrderId.Derive(channel, number).", nameof(order));
        }

        var rules = _rules.Current;
        var verdict = await RefuseAsync(unitOfWork, rules, order, cancellationToken).ConfigureAwait(false)
            ?? await MarkAsync(unitOfWork, rules, order, cancellationToken).ConfigureAwait(false);
        Checks.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, NameOf(verdict)));
        return verdict;
    }

    /// <summary>Frees the subjects that a cancelled order guards. The next order with one of these subjects is accepted again.</summary>
    /// <returns>The number of subjects that were freed.</returns>
    public async Task<int> ReleaseAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        return await _store.ReleaseAsync(unitOfWork, order, _rules.Current.Freed, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DuplicateVerdict?> RefuseAsync(
        UnitOfWork unitOfWork, DuplicateRuleSet rules, OrderCandidate order, CancellationToken cancellationToken)
    {
        var (asked, guards) = GuardsOf(rules, rules.Refusing, order);
        if (guards.Count == 0)
        {
            return null;
        }

        var findings = await _store.GuardAsync(unitOfWork, guards, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < guards.Count; i++)
        {
            if (findings[i] is { } finding && (asked[i].FindsSameOrder || finding.Earlier != order.Order))
            {
                var taken = asked.Where((_, j) => findings[j] is null).Select(rule => rule.Name).ToList();
                if (taken.Count > 0)
                {
                    await _store.ReleaseAsync(unitOfWork, order.Order, taken, cancellationToken).ConfigureAwait(false);
                }

                return new DuplicateVerdict.Reject(asked[i].Name, finding.Earlier, Apart(finding));
            }
        }

        return null;
    }

    private async Task<DuplicateVerdict> MarkAsync(
        UnitOfWork unitOfWork, DuplicateRuleSet rules, OrderCandidate order, CancellationToken cancellationToken)
    {
        var (asked, guards) = GuardsOf(rules, rules.Marking, order);
        if (guards.Count == 0)
        {
            return new DuplicateVerdict.Accept();
        }

        var findings = await _store.GuardAsync(unitOfWork, guards, cancellationToken).ConfigureAwait(false);
        var suspicions = new List<SuspectedDuplicate>();
        for (var i = 0; i < guards.Count; i++)
        {
            if (findings[i] is { } finding && finding.Earlier != order.Order)
            {
                suspicions.Add(SuspicionOf(rules, asked[i], order, finding));
            }
        }

        if (suspicions.Count == 0)
        {
            return new DuplicateVerdict.Accept();
        }

        var isNew = await _store.SaveAsync(unitOfWork, suspicions, NoticesOf(rules, suspicions), cancellationToken).ConfigureAwait(false);
        if (isNew.Contains(false))
        {
            // The order was checked before. The stored verdict, or the decision made since, stands.
            var stored = await _store.LoadAsync(unitOfWork, order.Order, cancellationToken).ConfigureAwait(false);
            suspicions = [.. stored.Where(suspicion => suspicions.Exists(found => found.Rule == suspicion.Rule))];
        }

        return VerdictOf(suspicions);
    }

    private static (List<DuplicateRuleSet.Rule> Asked, List<DuplicateGuard> Guards) GuardsOf(
        DuplicateRuleSet rules, IReadOnlyList<DuplicateRuleSet.Rule> those, OrderCandidate order)
    {
        var asked = new List<DuplicateRuleSet.Rule>(those.Count);
        var guards = new List<DuplicateGuard>(those.Count);
        foreach (var rule in those)
        {
            if (SubjectDigest.Of(rule.Name, rule.Dimensions, order, rules.Key) is { } subject)
            {
                asked.Add(rule);
                guards.Add(new DuplicateGuard(
                    rule.Name, subject, order.Order, rule.Window, order.PlacedAt, ExtendsWindow: rule.Action != DuplicateAction.Reject));
            }
        }

        return (asked, guards);
    }

    private static SuspectedDuplicate SuspicionOf(
        DuplicateRuleSet rules, DuplicateRuleSet.Rule rule, OrderCandidate order, GuardFinding finding)
    {
        DateTimeOffset? autoReleaseAt = null;
        if (rule.Action == DuplicateAction.Hold && rules.IsOwn(order) && !order.IsReleased)
        {
            var end = finding.Now + rules.HoldFor;
            if (order.ShipBy is { } shipBy && shipBy - rules.ShipByMargin < end)
            {
                end = shipBy - rules.ShipByMargin;
            }

            // If no time is left for a person to look, a hold would only delay the parcel.
            autoReleaseAt = end > finding.Now ? end : null;
        }

        return new SuspectedDuplicate(
            order.Order,
            rule.Name,
            finding.Earlier,
            autoReleaseAt is null ? SuspicionState.Labelled : SuspicionState.Held,
            finding.At,
            Apart(finding),
            autoReleaseAt,
            order.PaymentChannel,
            order.Amount);
    }

    private static OutboxMessage[] NoticesOf(DuplicateRuleSet rules, List<SuspectedDuplicate> suspicions) =>
        suspicions.Find(suspicion => suspicion.State == SuspicionState.Held) is { } held
            ? [
                DuplicateReview.MessageOf(
                    rules, new DuplicateOrderNotice(held.Order, held.Earlier, held.Rule, SuspicionState.Held, null, null, null)),
            ]
            : [];

    private static DuplicateVerdict VerdictOf(List<SuspectedDuplicate> suspicions)
    {
        var strictest = suspicions.Find(suspicion => suspicion.State == SuspicionState.Held) ?? suspicions[0];
        return strictest is { State: SuspicionState.Held, AutoReleaseAt: { } autoReleaseAt }
            ? new DuplicateVerdict.Hold(strictest.Rule, strictest.Earlier, strictest.Apart, autoReleaseAt)
            : new DuplicateVerdict.Label(strictest.Rule, strictest.Earlier, strictest.Apart);
    }

    private static TimeSpan Apart(GuardFinding finding) => (finding.At - finding.EarlierAt).Duration();

    private static string NameOf(DuplicateVerdict verdict) => verdict switch
    {
        DuplicateVerdict.Accept => "accept",
        DuplicateVerdict.Label => "label",
        DuplicateVerdict.Hold => "hold",
        _ => "reject",
    };
}
