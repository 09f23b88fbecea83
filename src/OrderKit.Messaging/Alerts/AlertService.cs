using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Tells in the background of a host: one loop that gathers, and one for each sink.</summary>
internal sealed partial class AlertService(AlertPump pump, IOptions<AlertOptions> options, TimeProvider timeProvider, ILogger<AlertService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.RunInBackground
        ? Task.WhenAll(pump.Pumps.Select(one => LoopAsync(one.PumpAllAsync, stoppingToken)).Prepend(LoopAsync(pump.GatherAsync, stoppingToken)))
        : Task.CompletedTask;

    private Task LoopAsync(Func<CancellationToken, Task> act, CancellationToken stoppingToken) =>
        Sweeps.RepeatAsync(act, Sweeps.NeverTold, options.Value.SweepInterval, timeProvider, e => LogFailed(logger, e), stoppingToken);

    [LoggerMessage(2402, LogLevel.Error, "Telling what happened failed; it is tried again at the next sweep.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
