using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Receives in the background of a host.</summary>
internal sealed partial class TransportReceiverService(
    TransportReceiver receiver, IOptions<TransportReceiverOptions> options, TimeProvider timeProvider, ILogger<TransportReceiverService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunInBackground)
        {
            return;
        }

        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await receiver.ReceiveOnceAsync(stoppingToken).ConfigureAwait(false);
                failures = 0;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                var pause = Backoff.After(++failures, options.Value.FirstDelay, options.Value.MaxDelay, Backoff.Chance());
                LogFailed(logger, e, options.Value.Topic, pause);
                await Task.Delay(pause, timeProvider, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(2203, LogLevel.Error, "Messages of the topic {Topic} could not be taken in; that is tried again in {Pause}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string topic, TimeSpan pause);
}
