using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Copies values as the in-memory store keeps them: instants in microseconds, and no buffer of the caller.</summary>
internal static class Kept
{
    public static StoredOrder Order(StoredOrder order, long number) =>
        order with
        {
            OrderNo = number,
            PlacedAt = Cut(order.PlacedAt),
            UpdatedAt = Cut(order.UpdatedAt),
            ShipBy = Cut(order.ShipBy),
            DeliverBy = Cut(order.DeliverBy),
        };

    public static JournalEntry Entry(JournalEntry entry) =>
        entry with
        {
            RecordedAt = Cut(entry.RecordedAt),
            OccurredAt = Cut(entry.OccurredAt),
            ShipBy = Cut(entry.ShipBy),
            DeliverBy = Cut(entry.DeliverBy),
            Attachments = [.. entry.Attachments],
            Segment = null,
        };

    public static JournalDetail Detail(JournalDetail detail) =>
        detail with { Salt = detail.Salt.ToArray(), Payload = detail.Payload.ToArray() };

    public static ParkedFact Parked(ParkedFact parked) => parked with
    {
        ParkedAt = Cut(parked.ParkedAt),
        Fact = parked.Fact with
        {
            OccurredAt = Cut(parked.Fact.OccurredAt),
            ShipBy = Cut(parked.Fact.ShipBy),
            DeliverBy = Cut(parked.Fact.DeliverBy),
            Deadline = Cut(parked.Fact.Deadline),
            Payload = parked.Fact.Payload.ToArray(),
            Holds = [.. parked.Fact.Holds],
            Links = [.. parked.Fact.Links],
            Attachments = [.. parked.Fact.Attachments],
        },
    };

    public static JournalSegment Segment(JournalSegment segment) =>
        segment with { SealedAt = Cut(segment.SealedAt), Leaves = [.. segment.Leaves] };

    public static DateTimeOffset Cut(DateTimeOffset instant) => Instants.ToMicroseconds(instant);

    private static DateTimeOffset? Cut(DateTimeOffset? instant) => instant is { } at ? Cut(at) : null;
}
