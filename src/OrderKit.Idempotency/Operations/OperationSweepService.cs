using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderKit.Idempotency;

/// <summary>Removes what is answered no more, in the background of a host.</summary>
internal sealed partial class OperationSweepService(Operations operations, TimeProvider timeProvider, ILogger<OperationSweepService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await operations.SweepAsync(cancellationToken: stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, e);
            }
        }
    }

    [LoggerMessage(3003, LogLevel.Error, "Removing expired operations failed; it is tried again in a minute.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
