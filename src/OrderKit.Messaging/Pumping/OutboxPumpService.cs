using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Pumps the outbox in the background of a host.</summary>
internal sealed partial class OutboxPumpService(
    OutboxPump pump, IOutboxSink sink, IOptions<OutboxPumpOptions> options, TimeProvider timeProvider, ILogger<OutboxPumpService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunInBackground)
        {
            return;
        }

        if (sink is OrderEventSink { HasHandlers: false })
        {
            // Handing events to nobody would take them from the process that has the handlers.
            LogNoHandlers(logger);
            return;
        }

        await Sweeps.RepeatAsync(pump.PumpAllAsync, pump.Written, options.Value.PollInterval, timeProvider, e => LogFailed(logger, e), stoppingToken).ConfigureAwait(false);
    }

    [LoggerMessage(2003, LogLevel.Information, "No IOrderEventHandler is registered, so this process leaves the outbox to others.")]
    private static partial void LogNoHandlers(ILogger logger);

    [LoggerMessage(2002, LogLevel.Error, "Pumping the outbox failed; it is tried again at the next sweep.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
