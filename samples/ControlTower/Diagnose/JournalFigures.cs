using System.Globalization;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Diagnose;

/// <summary>Computes the figures from the store: the journal rows of each order and the resulting order.</summary>
/// <remarks>Times of one order are compared unchanged. "Before" means strictly earlier, and a missing time is not compared.</remarks>
internal sealed class JournalFigures(OrderModelRegistry models)
{
    private const string NoStatus = "(none)";

    private static readonly TimeSpan LongApproval = TimeSpan.FromHours(72);

    private readonly Dictionary<(ModelFingerprint Model, StateCodes States), string> _stateNames = [];

    public long Orders { get; private set; }

    public SortedDictionary<string, long> ByStatus { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> ByDecidedState { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> OpenedCases { get; } = new(StringComparer.Ordinal);

    public Finding HandedOverBeforePurchase { get; } = new();

    public Finding HandedOverBeforeApproval { get; } = new();

    public Finding DeliveredBeforeHandOver { get; } = new();

    public Finding DeliveredBeforeApproval { get; } = new();

    public Finding BackwardSteps { get; } = new();

    public Finding DeliveredWithoutTime { get; } = new();

    public Finding DeliveredWithoutHandOver { get; } = new();

    public Finding CanceledWithDelivery { get; } = new();

    public Finding CanceledWithHandOver { get; } = new();

    public Finding CanceledNeverApproved { get; } = new();

    public Finding ApprovalOver72h { get; } = new();

    public Finding HandOverAfterLimit { get; } = new();

    public Finding LateByInstant { get; } = new();

    public Finding LateByDay { get; } = new();

    public void Add(OrderJournal journal)
    {
        Orders++;
        var order = Read(journal);
        Count(ByStatus, order.Status ?? NoStatus);
        Count(ByDecidedState, StateName(journal.Order.Snapshot));

        var id = order.Id;
        HandedOverBeforePurchase.AddIf(order.HandedOver < order.Purchased, id);
        HandedOverBeforeApproval.AddIf(order.HandedOver < order.Approved, id);
        DeliveredBeforeHandOver.AddIf(order.Delivered < order.HandedOver, id);
        DeliveredBeforeApproval.AddIf(order.Delivered < order.Approved, id);
        BackwardSteps.AddIf(HasBackwardStep([order.Purchased, order.Approved, order.HandedOver, order.Delivered]), id);

        var isDelivered = order.ReportedState == ReportedStatus.Delivered;
        DeliveredWithoutTime.AddIf(isDelivered && order.Delivered is null, id);
        DeliveredWithoutHandOver.AddIf(isDelivered && order.HandedOver is null, id);
        LateByInstant.AddIf(isDelivered && order.Delivered > order.DeliverBy, id);
        LateByDay.AddIf(isDelivered && order.Delivered?.Date > order.DeliverBy?.Date, id);

        var isCanceled = order.ReportedState == ReportedStatus.Canceled;
        CanceledWithDelivery.AddIf(isCanceled && order.Delivered is not null, id);
        CanceledWithHandOver.AddIf(isCanceled && order.HandedOver is not null, id);
        CanceledNeverApproved.AddIf(isCanceled && order.Approved is null, id);

        ApprovalOver72h.AddIf(order.Approved - order.Purchased > LongApproval, id);
        HandOverAfterLimit.AddIf(order.HandedOver > order.ShipBy, id);
    }

    private Told Read(OrderJournal journal)
    {
        var told = new Told();
        var cases = 0u;
        foreach (var entry in journal.Entries)
        {
            switch (entry.Trigger)
            {
                case OrderRow.Placed:
                    (told.Id, told.Purchased, told.ShipBy, told.DeliverBy) = (
                        entry.Evidence!, entry.OccurredAt, entry.ShipBy, entry.DeliverBy);
                    break;
                case OrderRow.Captured or OrderRow.Authorised:
                    told.Approved = entry.OccurredAt;
                    break;
                case OrderRow.Outbound:
                    told.HandedOver = entry.OccurredAt;
                    break;
                case OrderRow.DeliveryClaimed:
                    told.Delivered = entry.OccurredAt;
                    break;
                case OrderRow.StatusReported:
                    (told.Status, told.ReportedState) = (entry.RawStatus, entry.ReportedState);
                    break;
                default:
                    break;
            }

            CountOpened(entry, cases);
            cases = entry.Cases;
        }

        return told;
    }

    private void CountOpened(JournalEntry entry, uint before)
    {
        if ((entry.Cases & ~before) is var opened and not 0)
        {
            foreach (var code in models.Find(entry.Model)!.CaseCodes(opened))
            {
                Count(OpenedCases, code);
            }
        }
    }

    private static bool HasBackwardStep(ReadOnlySpan<DateTimeOffset?> stages)
    {
        DateTimeOffset? latest = null;
        foreach (var stage in stages)
        {
            if (stage < latest)
            {
                return true;
            }

            latest = stage ?? latest;
        }

        return false;
    }

    /// <summary>The states of all facets, such as <c>101 Paid, 308 DeliveryClaimed</c>.</summary>
    private string StateName(OrderSnapshot order)
    {
        var key = (order.Model, order.States);
        if (!_stateNames.TryGetValue(key, out var name))
        {
            var model = models.Find(order.Model)!;
            name = string.Join(", ", model.Facets.Select(f => model.StateOf(order.States[f.Index])!)
                .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Code} {s.Name}")));
            _stateNames.Add(key, name);
        }

        return name;
    }

    private static void Count(SortedDictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    /// <summary>The reports of the sources about one order.</summary>
    private struct Told
    {
        public string Id;
        public string? Status;
        public int? ReportedState;
        public DateTimeOffset? Purchased;
        public DateTimeOffset? Approved;
        public DateTimeOffset? HandedOver;
        public DateTimeOffset? Delivered;
        public DateTimeOffset? ShipBy;
        public DateTimeOffset? DeliverBy;
    }
}
