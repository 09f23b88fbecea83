using BenchmarkDotNet.Attributes;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>What sealing a thousand journal rows costs, and how much of it is the platform's SHA-256.</summary>
[MemoryDiagnoser]
public class JournalHashingBenchmarks
{
    private const int Rows = 1_000;

    private readonly byte[] _buffer = new byte[4096];
    private JournalRow[] _rows = [];
    private byte[] _content = [];

    [GlobalSetup]
    public void SetUp()
    {
        var noon = new DateTimeOffset(2026, 2, 6, 12, 0, 0, TimeSpan.Zero);
        _rows = [.. Enumerable.Range(1, Rows).Select(i => new JournalRow(i, OrderKey.For(OrderId.Derive(new ChannelCode("DY"), $"OD20260206-{i}")), new JournalEntry
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
            OccurredAt = noon,
            RecordedAt = noon.AddSeconds(1),
            Amount = 83_200,
            Currency = "CNY",
            RawStatus = "TRADE_SUCCESS",
            TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
            ResponseCode = "200",
            DetailDigest = Digest.Of([1]),
        }))];
        _content = JournalCodec.ToArray(_rows[0].Order, _rows[0].Entry);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public int Encode()
    {
        var length = 0;
        foreach (var row in _rows)
        {
            length += JournalCodec.Write(_buffer, row.Order, row.Entry);
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void HashOnly()
    {
        for (var i = 0; i < Rows; i++)
        {
            Digest.Of(_content);
        }
    }

    [Benchmark(OperationsPerInvoke = Rows, Baseline = true)]
    public IReadOnlyList<JournalLeaf> EncodeAndHash() => JournalHashing.LeavesOf(_rows);
}
