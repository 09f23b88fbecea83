using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>Compares records by value, including lists and bytes, which records compare by reference.</summary>
internal static class Alike
{
    private static readonly FactAttachment[] NoAttachments = [];
    private static readonly OrderReference[] NoLinks = [];
    private static readonly string[] NoHolds = [];
    private static readonly JournalLeaf[] NoLeaves = [];

    public static void Entry(JournalEntry expected, JournalEntry actual)
    {
        Expect.Sequence(expected.Attachments, actual.Attachments);
        Expect.Equal(expected with { Attachments = NoAttachments }, actual with { Attachments = NoAttachments });
    }

    public static void Detail(JournalDetail expected, JournalDetail actual)
    {
        Bytes(expected.Salt, actual.Salt);
        Bytes(expected.Payload, actual.Payload);
        Expect.Equal(expected with { Salt = default, Payload = default }, actual with { Salt = default, Payload = default });
    }

    public static void Message(OutboxMessage expected, OutboxMessage actual)
    {
        Bytes(expected.Body, actual.Body);
        Expect.Equal(expected with { Body = default }, actual with { Body = default });
    }

    public static void Message(InboxMessage expected, InboxMessage actual)
    {
        Bytes(expected.Body, actual.Body);
        Expect.Equal(expected with { Body = default }, actual with { Body = default });
    }

    /// <summary>Compares without the values that the store sets.</summary>
    public static void Letter(DeadLetter expected, DeadLetter actual)
    {
        Bytes(expected.Body, actual.Body);
        Expect.Equal(expected with { Body = default },
            actual with { Body = default, Number = expected.Number, DeadAt = expected.DeadAt, State = expected.State });
    }

    public static void Parked(ParkedFact expected, ParkedFact actual)
    {
        Expect.Equal(expected.Number, actual.Number);
        Expect.Equal(expected.Reason, actual.Reason);
        Expect.Equal(expected.ParkedAt, actual.ParkedAt);
        Expect.Sequence(expected.Fact.Holds, actual.Fact.Holds);
        Expect.Sequence(expected.Fact.Links, actual.Fact.Links);
        Expect.Sequence(expected.Fact.Attachments, actual.Fact.Attachments);
        Bytes(expected.Fact.Payload, actual.Fact.Payload);
        Expect.Equal(Plain(expected.Fact), Plain(actual.Fact));
    }

    public static void Segment(JournalSegment expected, JournalSegment actual)
    {
        Expect.Sequence(expected.Leaves, actual.Leaves);
        Expect.Equal(expected with { Leaves = NoLeaves }, actual with { Leaves = NoLeaves });
    }

    private static OrderFact Plain(OrderFact fact) =>
        fact with { Holds = NoHolds, Links = NoLinks, Attachments = NoAttachments, Payload = default };

    private static void Bytes(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> actual) =>
        Expect.Equal(Convert.ToHexString(expected.Span), Convert.ToHexString(actual.Span));
}
