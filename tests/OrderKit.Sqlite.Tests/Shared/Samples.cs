using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>Orders and changes made by hand, so that the stores are tried without the engine.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 2, 9, 12, 0, 0, TimeSpan.Zero);

    public static OrderKey Key(int number, string tenant = "default") =>
        new(new TenantId(tenant), OrderId.Derive(new ChannelCode("TB"), number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public static OrderReference Number(string value, ReferenceKind? kind = null, string tenant = "default") =>
        new(new TenantId(tenant), kind ?? ReferenceKind.Trade, value);

    public static OrderChange Change(OrderKey key, long expected = 0, string? factId = null, string headline = "placed") => new()
    {
        ExpectedVersion = expected,
        Order = new StoredOrder
        {
            Key = key,
            Snapshot = new OrderSnapshot
            {
                Model = new ModelFingerprint(0xFEDC_BA98_7654_3210),
                Version = expected + 1,
                States = new StateCodes(0x8001_0002_0003_0004),
                Since = new FacetVersions(1, 2, 3, 4),
                Holds = 0,
                Cases = 0,
                Anchors = 0x8000_0001,
                Profile = 1,
                Counters = new OrderCounters(1990, 1, 2, 3, 4, 5, 6, -7),
            },
            Currency = Currency.CNY,
            Headline = headline,
            PlacedAt = Noon,
            UpdatedAt = Noon.AddMinutes(expected),
            ShipBy = Noon.AddDays(1),
        },
        Entries = [Entry(expected + 1, factId ?? $"fact-{expected + 1}")],
    };

    public static JournalEntry Entry(long version, string factId) => new()
    {
        Version = version,
        IsTransition = true,
        Model = new ModelFingerprint(0xFEDC_BA98_7654_3210),
        Trigger = "placed",
        Standing = FactStanding.Fact,
        Kind = DecisionKind.Applied,
        Reason = DecisionReason.Expected,
        States = new StateCodes(0x8001_0002_0003_0004),
        MovedFacets = 5,
        Holds = uint.MaxValue,
        Cases = 1u << 31,
        Anchors = 3,
        Profile = 1,
        First = new CounterChange(0, 1990),
        Second = CounterChange.None,
        FailedGuards = "a b",
        Source = "taobao",
        FactId = factId,
        Evidence = "2026020922001",
        OccurredAt = Noon.AddTicks(10),
        RecordedAt = Noon,
        Amount = 1990,
        Currency = "CNY",
        Quantity = 2,
        ReportedState = 40,
        RawStatus = "WAIT_SELLER_SEND_GOODS 已付款",
        ShipBy = Noon.AddDays(1),
        DeliverBy = null,
        Operator = "u1",
        TraceId = "t1",
        ResponseCode = "200",
        Attachments = [new FactAttachment("面单.pdf", "application/pdf", Digest.Of("x"u8))],
        DetailDigest = Digest.Of("y"u8),
    };

    /// <summary>A change with something in every part.</summary>
    public static OrderChange Full(OrderKey key, long expected = 0) => Change(key, expected) with
    {
        Details = [new JournalDetail(expected + 1, new byte[16], "客户催发货", "{}"u8.ToArray())],
        Messages = [Message(key, expected + 1)],
        Deadlines = [new DeadlineChange(0, Noon.AddHours(1), expected + 1, "unpaid", "payment-close"), new DeadlineChange(1, null, expected + 1, "", null)],
        Links = [Number($"T-{key.Order.Value}"), Number("shared", ReferenceKind.Waybill)],
        Cases = [Case(key, "shipped-not-cleared", expected + 1)],
    };

    public static OutboxMessage Message(OrderKey key, long version, string destination = "events") =>
        new($"{key.Order.Value}:{version}", destination, key.Tenant, key.Order.Value, "test.v1", new byte[] { 1, 2, 3 });

    public static OrderCase Case(OrderKey key, string code, long version) =>
        new(key, code, "finance", "A reason.", version, Noon, Noon.AddHours(24), null, null);

    public static OrderCase Closing(OrderKey key, string code, long version) =>
        new(key, code, "finance", "A reason.", 0, Noon, null, Noon.AddHours(2), version);

    public static OrderFact Fact(string id = "n-1", string number = "T-1") => new()
    {
        Trigger = "captured", Source = "alipay", Reference = Number(number), Id = id, Amount = new Money(1990, Currency.CNY), Note = "waits",
    };
}
