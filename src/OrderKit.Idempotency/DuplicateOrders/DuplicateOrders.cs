using System.Diagnostics.Metrics;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Finds orders that were placed twice, in the transaction in which they are taken.</summary>
/// <remarks>
/// Safe for several threads and machines. Call it in the transaction that inserts the order: where that rolls back, the guards do too.
/// Of orders of one subject that are checked at the same time one is accepted.
/// </remarks>
public sealed class DuplicateOrders
{
    private static readonly Counter<long> Checks = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.DuplicateChecksCounterName, "{order}", "Orders that were checked for an earlier one.");

    private readonly IDuplicateOrderStore _store;
    private readonly DuplicateRules _rules;

    /// <summary>Makes the service; hosts with a container get it from there.</summary>
    public DuplicateOrders(IDuplicateOrderStore store, DuplicateRules? rules = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _rules = rules ?? new DuplicateRules();
    }

    /// <summary>Checks an order against all rules, and has it guard its subjects.</summary>
    /// <remarks>
    /// An order that is rejected leaves no guard and no label. One that is held is a row of the review queue and a message in the outbox.
    /// An order that is checked again is rejected by a rule with <see cref="DuplicateRule.FindsSameOrder"/>, which then names the order
    /// itself; by all others it gets the verdict of before, until somebody decides.
    /// </remarks>
    /// <exception cref="ArgumentException">The order's id is empty, or a text has half a surrogate pair.</exception>
    public async Task<DuplicateVerdict> CheckAsync(UnitOfWork unitOfWork, OrderCandidate order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        ArgumentNullException.ThrowIfNull(order);
        if (order.Order.Order.IsEmpty)
        {
            throw new ArgumentException("The order's id is empty; derive it with OrderId.Derive(channel, number).", nameof(order));
        }

        var rules = _rules.Current;
        var verdict = await RefuseAsync(unitOfWork, rules, order, cancellationToken).ConfigureAwait(false)
            ?? await MarkAsync(unitOfWork, rules, order, cancellationToken).ConfigureAwait(false);
        Checks.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, NameOf(verdict)));
        return verdict;
    }

    /// <summary>Frees what an order guards, because it was cancelled: the next order of its subjects is the first again.</summary>
    /// <returns>How many subjects were freed.</returns>
    public async Task<int> ReleaseAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        return await _store.ReleaseAsync(unitOfWork, order, _rules.Current.Freed, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DuplicateVerdict?> RefuseAsync(UnitOfWork unitOfWork, DuplicateRuleSet rules, OrderCandidate order, CancellationToken cancellationToken)
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

    private async Task<DuplicateVerdict> MarkAsync(UnitOfWork unitOfWork, DuplicateRuleSet rules, OrderCandidate order, CancellationToken cancellationToken)
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
            // It was checked before: what was said then, or decided since, stands.
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
                guards.Add(new DuplicateGuard(rule.Name, subject, order.Order, rule.Window, order.PlacedAt, ExtendsWindow: rule.Action != DuplicateAction.Reject));
            }
        }

        return (asked, guards);
    }

    private static SuspectedDuplicate SuspicionOf(DuplicateRuleSet rules, DuplicateRuleSet.Rule rule, OrderCandidate order, GuardFinding finding)
    {
        DateTimeOffset? autoReleaseAt = null;
        if (rule.Action == DuplicateAction.Hold && rules.IsOwn(order) && !order.IsReleased)
        {
            var end = finding.Now + rules.HoldFor;
            if (order.ShipBy is { } shipBy && shipBy - rules.ShipByMargin < end)
            {
                end = shipBy - rules.ShipByMargin;
            }

            // Without time for a person to look, a hold would only make the parcel late.
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
            ? [DuplicateReview.MessageOf(rules, new DuplicateOrderNotice(held.Order, held.Earlier, held.Rule, SuspicionState.Held, null, null, null))]
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
