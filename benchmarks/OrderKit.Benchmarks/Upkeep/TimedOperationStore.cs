using System.Diagnostics;
using OrderKit.Eng;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Benchmarks;

/// <summary>Times the transactions of the sweeper; each call is one.</summary>
internal sealed class TimedOperationStore(IOperationStore inner) : ForwardingOperationStore(inner)
{
    public List<(int Rows, double Milliseconds)> Sweeps { get; } = [];

    public override async ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var rows = await base.SweepAsync(max, cancellationToken).ConfigureAwait(false);
        Sweeps.Add((rows, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        return rows;
    }
}
