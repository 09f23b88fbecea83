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
        if (!options.Value.RunInBackground || pump.Pumps.Count == 0)
        {
            return;
        }

        // Beside each other: where something is always due the pump never ends, and what is over would pile up.
        var cleaning = Sweeps.RepeatAsync(inbox.SweepAsync, Sweeps.NeverTold, options.Value.CleaningInterval, timeProvider, e => LogNotCleaned(logger, e), stoppingToken);
        var pumping = Sweeps.RepeatAsync(pump.PumpAllAsync, pump.Written, options.Value.PollInterval, timeProvider, e => LogFailed(logger, e), stoppingToken);
        await Task.WhenAll(cleaning, pumping).ConfigureAwait(false);
    }

    [LoggerMessage(2104, LogLevel.Error, "Pumping the inbox failed; it is tried again at the next sweep.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(2105, LogLevel.Error, "Deleting messages of the inbox whose retention is over failed; it is tried again at the next cleaning.")]
    private static partial void LogNotCleaned(ILogger logger, Exception exception);
}
