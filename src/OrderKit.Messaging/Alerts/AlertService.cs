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

    private async Task LoopAsync(Func<CancellationToken, Task> act, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, timeProvider);
        do
        {
            try
            {
                await act(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(2402, LogLevel.Error, "Telling what happened failed; it is tried again at the next sweep.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
