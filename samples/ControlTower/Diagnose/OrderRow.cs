using System.Globalization;
using OrderKit.Core;

namespace ControlTower.Diagnose;

/// <summary>A row of <c>orders</c>, and its facts.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>column</term><description>fact, source</description></listheader>
/// <item><term>order_purchase_timestamp</term><description><c>placed</c>, the shop: amount, pieces, limit, estimate</description></item>
/// <item><term>order_approved_at</term><description><c>captured</c>, the provider; <c>authorised</c> without an amount</description></item>
/// <item><term>order_delivered_carrier_date</term><description><c>outbound</c>, the seller</description></item>
/// <item><term>order_delivered_customer_date</term><description><c>delivery-claimed</c>, the carrier</description></item>
/// <item><term>order_status</term><description><c>status-reported</c>, the shop, without a time</description></item>
/// </list>
/// The first row with a time of an order counts. A later one is a duplicate for the engine. Statuses count one after the other.
/// </remarks>
internal sealed record OrderRow(
    string Id,
    long Line,
    string Status,
    DateTimeOffset? Purchased,
    DateTimeOffset? Approved,
    DateTimeOffset? HandedOver,
    DateTimeOffset? Delivered,
    DateTimeOffset? Estimate)
{
    public const string Placed = "placed";
    public const string Captured = "captured";
    public const string Authorised = "authorised";
    public const string Outbound = "outbound";
    public const string DeliveryClaimed = "delivery-claimed";
    public const string StatusReported = "status-reported";

    private const string Shop = "shop";
    private const string PaymentProvider = "payment-provider";
    private const string Seller = "seller";
    private const string Carrier = "carrier";
    private const int MaxStatus = 200;

    private const string ApprovedAt = "order_approved_at";
    private const string HandedOverAt = "order_delivered_carrier_date";
    private const string DeliveredAt = "order_delivered_customer_date";

    private static readonly ChannelCode Channel = new("OLIST");

    private static readonly string[] TimeColumns =
        ["order_purchase_timestamp", ApprovedAt, HandedOverAt, DeliveredAt, "order_estimated_delivery_date"];

    /// <summary>Returns the key of an order of the export.</summary>
    public static OrderKey KeyOf(string id) => new(TenantId.Default, OrderId.Derive(Channel, id));

    /// <summary>Returns why a text cannot be an order id; <see langword="null"/> if it can.</summary>
    public static string? IdFault(string id)
    {
        if (id.Length == 0)
        {
            return "order_id is empty.";
        }

        if (id.Length > OrderId.MaxPartLength)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"order_id has {id.Length} characters; at most {OrderId.MaxPartLength} are allowed.");
        }

        try
        {
            OrderId.Derive(Channel, id);
            return null;
        }
        catch (ArgumentException)
        {
            return $"order_id '{CsvText.Shown(id)}' has a control character or is no valid Unicode text.";
        }
    }

    /// <summary>Returns the facts in their order: the order first, then its times, then its current status.</summary>
    public IEnumerable<OrderFact> ToFacts(OrderSums sums)
    {
        var order = KeyOf(Id);
        Money? due = sums.Due(order.Order) is { } cents ? new Money(cents, Currency.BRL) : null;
        yield return new OrderFact
        {
            Trigger = Placed,
            Source = Shop,
            Order = order,
            Evidence = Id,
            OccurredAt = Purchased,
            Amount = due,
            Quantity = sums.Pieces(order.Order),
            ShipBy = sums.ShipBy(order.Order),
            DeliverBy = Estimate,
            Links = [new OrderReference(order.Tenant, ReferenceKind.External, Id)],
        };

        // Sorted by time, as they would have arrived; equal times in the order of the process. Each occurs once per order,
        // so the column is sufficient as id.
        List<OrderFact> steps = [];
        if (Approved is not null)
        {
            steps.Add(due is { IsZero: false }
                ? new OrderFact
                {
                    Trigger = Captured,
                    Source = PaymentProvider,
                    Order = order,
                    Id = ApprovedAt,
                    OccurredAt = Approved,
                    Amount = due,
                }
                : new OrderFact { Trigger = Authorised, Source = PaymentProvider, Order = order, Id = ApprovedAt, OccurredAt = Approved });
        }

        if (HandedOver is not null)
        {
            steps.Add(new OrderFact { Trigger = Outbound, Source = Seller, Order = order, Id = HandedOverAt, OccurredAt = HandedOver });
        }

        if (Delivered is not null)
        {
            steps.Add(
                new OrderFact { Trigger = DeliveryClaimed, Source = Carrier, Order = order, Id = DeliveredAt, OccurredAt = Delivered });
        }

        foreach (var step in steps.OrderBy(s => s.OccurredAt))
        {
            yield return step;
        }

        if (Status.Length > 0)
        {
            yield return new OrderFact
            {
                Trigger = StatusReported,
                Source = Shop,
                Order = order,
                Id = string.Create(CultureInfo.InvariantCulture, $"order_status:{Line}"),
                Standing = FactStanding.Report,
                RawStatus = Status,
                ReportedState = ReportedStatus.StateOf(Status),
            };
        }
    }

    /// <summary>Reads the rows of <c>orders</c>.</summary>
    /// <exception cref="InputException">A column is missing, or the file is damaged.</exception>
    public static IEnumerable<OrderRow> ReadAll(CsvTable table, RejectedRows rejected)
    {
        var id = table.Column("order_id");
        var status = table.Column("order_status");
        var times = Array.ConvertAll(TimeColumns, table.Column);
        return Rows();

        IEnumerable<OrderRow> Rows()
        {
            while (table.Read())
            {
                if (ReadOne(table, id, status, times, out var fault) is { } row)
                {
                    yield return row;
                }
                else
                {
                    rejected.Add(table.Name, table.Line, fault!);
                }
            }
        }
    }

    private static OrderRow? ReadOne(CsvTable table, int id, int status, int[] times, out string? fault)
    {
        fault = table.Fault ?? IdFault(table[id].Trim());
        if (fault is not null)
        {
            return null;
        }

        var spelled = table[status];
        if (spelled.Length > MaxStatus || spelled.Any(char.IsControl))
        {
            fault = $"order_status '{CsvText.Shown(spelled)}' has a control character or more than {MaxStatus} characters.";
            return null;
        }

        var read = new DateTimeOffset?[times.Length];
        for (var i = 0; i < times.Length && fault is null; i++)
        {
            fault = LocalTime.Fault(table[times[i]], TimeColumns[i], out read[i]);
        }

        return fault is null
            ? new OrderRow(table[id].Trim(), table.Line, spelled.Trim(), read[0], read[1], read[2], read[3], read[4])
            : null;
    }
}
