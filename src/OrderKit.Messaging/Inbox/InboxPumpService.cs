using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Pumps the inbox in the background of a host, and deletes what is over.</summary>
internal sealed partial class InboxPumpService(
    InboxPump pump, Inbox inbox, IOptions<InboxPumpOptions> options, TimeProvider timeProvider, ILogger<InboxPumpService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunInBackground || !pump.HasHandlers)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.SweepInterval, timeProvider);
        var cleaned = timeProvider.GetTimestamp();
        do
        {
            try
            {
                await pump.PumpAllAsync(stoppingToken).ConfigureAwait(false);
                if (timeProvider.GetElapsedTime(cleaned) >= options.Value.CleaningInterval)
                {
                    cleaned = timeProvider.GetTimestamp();
                    await inbox.SweepAsync(stoppingToken).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(2104, LogLevel.Error, "Pumping the inbox failed; it is tried again at the next sweep.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
