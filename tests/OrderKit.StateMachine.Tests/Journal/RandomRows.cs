using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>Journal rows as no sane world would write them, from a seed.</summary>
internal static class RandomRows
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "paid", "已付款", "🚚", "\"<&>'", "a\nb", "\u0000\u001b[31m", "\ud800", "\udc00", "x\ud83dy", "\u202eabc", "]]>", "e\u0301",
        new('长', 50), new('y', 300), "https://x/?a=b&c=d", "%2F#{}", "ﷺ", "\uffff",
    ];

    public static JournalEntry Of(Random random, OrderModel model, long version) => new()
    {
        Version = version,
        IsTransition = random.Next(2) == 0,
        Model = random.Next(4) == 0 ? new ModelFingerprint((ulong)random.NextInt64()) : model.Fingerprint,
        Trigger = random.Next(3) == 0 ? Text(random) : model.Triggers[random.Next(model.Triggers.Count)].Name,
        Standing = (FactStanding)random.Next(4),
        Kind = (DecisionKind)random.Next(8),
        Reason = (DecisionReason)random.Next(17),
        States = random.Next(4) == 0
            ? new StateCodes((ulong)random.NextInt64())
            : default(StateCodes).With(0, Code(random, model)).With(1, Code(random, model)),
        MovedFacets = random.Next(3) == 0 ? random.Next(-5, 40) : random.Next(4),
        Holds = (uint)random.NextInt64(),
        Cases = (uint)random.NextInt64(),
        Anchors = (uint)random.NextInt64(),
        Profile = random.Next(-2, 5),
        First = new(random.Next(-2, 9), random.NextInt64(long.MinValue, long.MaxValue)),
        Second = new(random.Next(-2, 9), random.Next(-3, 3)),
        FailedGuards = OrNull(random),
        Source = Text(random),
        FactId = Text(random),
        Evidence = OrNull(random),
        OccurredAt = random.Next(3) == 0 ? null : Instant(random),
        RecordedAt = Instant(random),
        Amount = random.Next(2) == 0 ? null : random.NextInt64(long.MinValue, long.MaxValue),
        Currency = random.Next(2) == 0 ? OrNull(random) : "CNY",
        Quantity = random.Next(2) == 0 ? null : random.Next(-1, 5),
        ReportedState = random.Next(2) == 0 ? null : random.Next(-5, 400),
        RawStatus = OrNull(random),
        ShipBy = random.Next(2) == 0 ? null : Instant(random),
        DeliverBy = random.Next(2) == 0 ? null : Instant(random),
        Operator = OrNull(random),
        TraceId = OrNull(random),
        ResponseCode = OrNull(random),
        Attachments = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new FactAttachment(Text(random), Text(random), Digest.Of([(byte)random.Next(3)])))],
        DetailDigest = random.Next(2) == 0 ? null : Digest.Of([(byte)random.Next(3)]),
        Segment = random.Next(2) == 0 ? null : random.Next(9),
    };

    public static string Text(Random random) => Texts[random.Next(Texts.Length)];

    public static DateTimeOffset Instant(Random random) => random.Next(6) switch
    {
        0 => DateTimeOffset.MinValue,
        1 => DateTimeOffset.MaxValue,
        2 => DateTimeOffset.UnixEpoch,
        _ => new DateTimeOffset(2026, 2, 6, 10, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(-100_000, 100_000)),
    };

    private static string? OrNull(Random random) => random.Next(2) == 0 ? null : Text(random);

    private static int Code(Random random, OrderModel model) => model.States[random.Next(model.States.Count)].Code;
}
