using System.Text;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>Sample orders and changes. All values that a case does not set are the same everywhere.</summary>
internal static class Sample
{
    public const string Source = "shop";

    public static readonly DateTimeOffset Noon = new(2026, 2, 6, 4, 0, 0, TimeSpan.Zero);

    public static OrderKey Key(IStoreUnderTest store, string name) => Key(store.Tenant, name);

    public static OrderKey Key(TenantId tenant, string name) => new(tenant, OrderId.Derive(new ChannelCode("SPEC"), name));

    /// <summary>Returns another unique tenant.</summary>
    public static TenantId Neighbour(IStoreUnderTest store)
    {
        var name = store.Tenant.Value;
        return new TenantId(name.Length < TenantId.MaxLength ? name + "2" : name[1..] + "2");
    }

    public static OrderReference Waybill(IStoreUnderTest store, string number) => new(store.Tenant, ReferenceKind.Waybill, number);

    public static StoredOrder Order(OrderKey key, long version) => new()
    {
        Key = key,
        Snapshot = new OrderSnapshot
        {
            Model = new ModelFingerprint(0x0123_4567_89AB_CDEF),
            Version = version,
            States = default(StateCodes).With(0, 10).With(1, 20),
        },
        Currency = Currency.CNY,
        Headline = "paid",
        PlacedAt = Noon,
        UpdatedAt = Noon.AddSeconds(version),
    };

    public static JournalEntry Entry(long version, string? factId = null, string source = Source) => new()
    {
        Version = version,
        IsTransition = true,
        Model = new ModelFingerprint(0x0123_4567_89AB_CDEF),
        Trigger = "captured",
        Standing = FactStanding.Fact,
        Kind = DecisionKind.Applied,
        Reason = DecisionReason.Expected,
        States = default(StateCodes).With(0, 10).With(1, 20),
        MovedFacets = 1,
        Holds = 0,
        Cases = 0,
        Anchors = 0,
        Profile = 0,
        First = CounterChange.None,
        Second = CounterChange.None,
        Source = source,
        FactId = factId ?? $"fact-{version}",
        RecordedAt = Noon,
    };

    /// <summary>Creates a change that adds one row to an order, or one row for each fact id.</summary>
    public static OrderChange Change(OrderKey key, long expectedVersion, params string[] factIds)
    {
        var entries = factIds.Length == 0
            ? [Entry(expectedVersion + 1)]
            : factIds.Select((factId, i) => Entry(expectedVersion + 1 + i, factId)).ToArray();
        return new OrderChange
        {
            ExpectedVersion = expectedVersion,
            Order = Order(key, expectedVersion + entries.Length),
            Entries = entries,
        };
    }

    /// <summary>Creates a change that writes to every table.</summary>
    public static OrderChange Everything(IStoreUnderTest store, OrderKey key, long expectedVersion, string mark) =>
        Change(key, expectedVersion, mark) with
        {
            Details = [Detail(expectedVersion + 1, mark)], Messages = [Message(store, mark, lane: mark)],
            Deadlines = [new DeadlineChange(0, Noon.AddYears(-10), expectedVersion + 1, mark, null)], Links = [Waybill(store, mark)],
            Cases = [Case(key, mark, expectedVersion + 1)],
        };

    public static JournalDetail Detail(long version, string note) =>
        new(version, "sixteen bytes..."u8.ToArray(), note, Encoding.UTF8.GetBytes($"<{note}>"));

    public static OutboxMessage Message(IStoreUnderTest store, string id, string lane = "lane", string destination = "events") =>
        new(id, destination, store.Tenant, lane, "order", Encoding.UTF8.GetBytes($"body of {id}"));

    public static OrderCase Case(OrderKey key, string code, long version, DateTimeOffset? dueAt = null, string owner = "desk") =>
        new(key, code, owner, $"why {code}", version, Noon, dueAt, null, null);

    public static OrderFact Fact(OrderReference number, string id, string source = Source) =>
        new() { Trigger = "captured", Source = source, Reference = number, Id = id };

    public static ParkedFact Parked(OrderReference number, string id, int seconds = 0, string source = Source) =>
        new(number, Fact(number, id, source), ParkReason.UnknownNumber, Noon.AddSeconds(seconds));
}
