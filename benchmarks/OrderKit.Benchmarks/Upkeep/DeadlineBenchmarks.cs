using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>Deadlines that pass together: unpaid orders of one minute, each closed after its probe agreed.</summary>
internal static class DeadlineBenchmarks
{
    private const int PlacedTogether = 1_000;

    // ORDERKIT_DEADLINES makes it shorter while one works on it.
    private static readonly int Due = Settings.Number("ORDERKIT_DEADLINES", 100_000);

    public static Task RunAsync() => DurableDatabases.RunOnEachAsync(RunAsync);

    private static async Task RunAsync(string title, Action<OrderKitBuilder, Func<DbConnection, DbConnection>?> choose, Func<DbConnection> open)
    {
        var store = new DurableStore(builder =>
        {
            builder.Services.AddSingleton<IDeadlineProbe, Agreeing>();
            choose(builder, null);
        });
        await using (store.ConfigureAwait(false))
        {
            await store.CreateAsync().ConfigureAwait(false);
            var passed = TimeProvider.System.GetUtcNow().AddMinutes(-1);
            for (var i = 0; i < Due; i += PlacedTogether)
            {
                await store.FireManyAsync(
                    [.. Enumerable.Range(i, Math.Min(PlacedTogether, Due - i)).Select(order => DurableFacts.Placed(order) with { Deadline = passed })])
                    .ConfigureAwait(false);
            }

            var start = Stopwatch.GetTimestamp();
            var fired = await store.Service<DeadlineRunner>().RunDueAsync().ConfigureAwait(false);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (fired != Due)
            {
                throw new InvalidOperationException($"Of {Due} deadlines {fired} fired.");
            }

            Console.WriteLine();
            Console.WriteLine($"### DeadlineRunner.RunDueAsync on {title}: deadlines that are due together");
            Console.WriteLine();
            Console.WriteLine("| deadlines | seconds | bar | fired/s |");
            Console.WriteLine("|---:|---:|---|---:|");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Due:N0} | {seconds:N1} | ≤ 30 for 100,000 | {Due / seconds:N0} |"));
        }
    }

    private sealed class Agreeing : IDeadlineProbe
    {
        public string Name => "payment-close";

        public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken) =>
            Task.FromResult<ProbeAnswer>(new ProbeAnswer.Proceed());
    }
}
