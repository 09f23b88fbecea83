using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Benchmarks;

/// <summary>The cost of sealing journal rows, and the part of it that is the platform's SHA-256.</summary>
internal static class JournalHashingBenchmarks
{
    private const int Rows = 1_000;

    private static readonly DateTimeOffset Noon = new(2026, 2, 6, 12, 0, 0, TimeSpan.Zero);

    public static void Run()
    {
        var rows = MakeRows();
        var writer = new CanonicalWriter();
        JournalCodec.Write(writer, rows[0].Order, rows[0].Entry);
        var content = writer.WrittenSpan.ToArray();
        SideBySide.Print(
            $"Sealing a journal row of {content.Length} bytes",
            60,
            new("canonical bytes", "", Rows, () => Encode(rows, writer)),
            new("SHA-256 alone, one call a row", "", Rows, () => Hash(content)),
            new("canonical bytes and SHA-256", "", Rows, () => JournalHashing.LeavesOf(rows)));
    }

    private static void Encode(JournalRow[] rows, CanonicalWriter writer)
    {
        foreach (var row in rows)
        {
            writer.Reset();
            JournalCodec.Write(writer, row.Order, row.Entry);
        }
    }

    private static void Hash(byte[] content)
    {
        for (var i = 0; i < Rows; i++)
        {
            Digest.Of(content);
        }
    }

    private static JournalRow[] MakeRows() =>
    [.. Enumerable.Range(1, Rows).Select(i => new JournalRow(i, OrderKey.For(
        OrderId.Derive(new ChannelCode("DY"), $"OD20260206-{i}")), new JournalEntry
    {
        Version = 2,
        IsTransition = true,
        Model = OrderModels.Retail.Fingerprint,
        Trigger = "captured",
        Standing = FactStanding.Fact,
        Kind = DecisionKind.Applied,
        Reason = DecisionReason.Expected,
        States = default(StateCodes).With(0, 101).With(1, 200),
        MovedFacets = 1,
        Holds = 0,
        Cases = 0,
        Anchors = 1,
        Profile = 0,
        First = new((int)Counter.Captured, 83_200),
        Second = CounterChange.None,
        Source = "alipay",
        FactId = $"captured:2026020622001{i}",
        Evidence = $"2026020622001{i}",
        OccurredAt = Noon,
        RecordedAt = Noon.AddSeconds(1),
        Amount = 83_200,
        Currency = "CNY",
        RawStatus = "TRADE_SUCCESS",
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        ResponseCode = "200",
        DetailDigest = Digest.Of([1]),
    }))];
}
