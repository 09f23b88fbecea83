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

        var cleaned = timeProvider.GetTimestamp();
        await Sweeps.RepeatAsync(PumpAsync, pump.Received, options.Value.SweepInterval, timeProvider, e => LogFailed(logger, e), stoppingToken).ConfigureAwait(false);

        async Task PumpAsync(CancellationToken cancellationToken)
        {
            await pump.PumpAllAsync(cancellationToken).ConfigureAwait(false);
            if (timeProvider.GetElapsedTime(cleaned) >= options.Value.CleaningInterval)
            {
                cleaned = timeProvider.GetTimestamp();
                await inbox.SweepAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(2104, LogLevel.Error, "Pumping the inbox failed; it is tried again at the next sweep.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
