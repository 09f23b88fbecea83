using System.Diagnostics;
using OrderKit.Idempotency;

namespace OrderKit.Benchmarks;

/// <summary>Delivers callbacks about the newest orders in random order, each three times: twice soon and once later.</summary>
internal sealed class CallbackStorm
{
    private const int Deliveries = 3;
    private const int Soon = 2_000;
    private const int Later = 60_000;
    private const int Seed = 20_260_206;

    private readonly (string Trigger, int Order, string Id)[] _stream;
    private int _next = -1;

    /// <param name="orders">The number of orders in the store.</param>
    /// <param name="newest">The number of orders that the callbacks are about.</param>
    /// <param name="stream">Streams are about different orders: 0 about the newest, 1 about those before them, and so on.</param>
    public CallbackStorm(int orders, int newest, int stream = 0)
    {
        var random = new Random(Seed);
        var facts = new List<(string Trigger, int Order)>(newest * DurableFacts.Life.Length);
        foreach (var trigger in DurableFacts.Life)
        {
            var shuffled = Enumerable.Range(orders - ((stream + 1) * newest), newest).ToArray();
            random.Shuffle(shuffled);
            facts.AddRange(shuffled.Select(order => (trigger, order)));
        }

        var deliveries = new List<(double At, int Fact)>(facts.Count * Deliveries);
        for (var i = 0; i < facts.Count; i++)
        {
            deliveries.Add((i, i));
            deliveries.Add((i + (random.NextDouble() * Soon), i));
            deliveries.Add((i + (random.NextDouble() * Later), i));
        }

        deliveries.Sort(static (a, b) => a.At.CompareTo(b.At));
        // Ids of providers grow over time.
        _stream = [.. deliveries.Select(
            delivery => (facts[delivery.Fact].Trigger, facts[delivery.Fact].Order, $"20260206{stream}{delivery.Fact:D11}"))];
    }

    /// <summary>Runs callers that deliver for a while. The stream continues where it stopped.</summary>
    /// <param name="callers">The number of concurrent callers; each waits for its answer.</param>
    /// <param name="duration">The duration.</param>
    /// <param name="deliver">Delivers a callback, and returns whether it took effect.</param>
    public Task<StormResult> RunAsync(int callers, TimeSpan duration, Func<IntakeRequest, Task<bool>> deliver) =>
        RunAsync(callers, duration, (_, request) => deliver(request));

    /// <summary>Runs callers that deliver for a while, each with its number.</summary>
    /// <param name="callers">The number of concurrent callers; each waits for its answer.</param>
    /// <param name="duration">The duration.</param>
    /// <param name="deliver">Delivers a callback as the caller of that number, and returns whether it took effect.</param>
    public async Task<StormResult> RunAsync(int callers, TimeSpan duration, Func<int, IntakeRequest, Task<bool>> deliver)
    {
        const int Quarters = 4;
        var answered = new long[Quarters];
        long effects = 0;
        var latencies = new List<double>[callers];
        var (allocated, processor) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var own = latencies[caller] = [];
            while (Stopwatch.GetElapsedTime(started) < duration && Interlocked.Increment(ref _next) is var i && i < _stream.Length)
            {
                var (trigger, order, id) = _stream[i];
                var fact = DurableFacts.Told(trigger, order);
                var request = new IntakeRequest(
                    OperationKey.Of("callback", id), Fingerprint.Of(
                        ("trigger", trigger), ("order", (long)order), ("evidence", fact.Evidence)), fact);
                var begun = Stopwatch.GetTimestamp();
                if (await deliver(caller, request).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref effects);
                }

                own.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                Interlocked.Increment(ref answered[Math.Min(Quarters - 1, (int)(Stopwatch.GetElapsedTime(started) / duration * Quarters))]);
            }
        }))).ConfigureAwait(false);

        var elapsed = Stopwatch.GetElapsedTime(started);
        (allocated, processor) = (GC.GetTotalAllocatedBytes() - allocated, Environment.CpuUsage.TotalTime - processor);
        if (_next >= _stream.Length)
        {
            Console.WriteLine("The stream ended before the time did.");
        }

        var all = latencies.SelectMany(own => own).Order().ToArray();
        return new StormResult(elapsed, answered, effects, all, allocated, processor);
    }
}
