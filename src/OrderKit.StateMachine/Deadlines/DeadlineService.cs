using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderKit.StateMachine;

/// <summary>Looks for passed deadlines in the background of a host.</summary>
internal sealed partial class DeadlineService(
    DeadlineRunner runner, IOptions<DeadlineOptions> options, TimeProvider timeProvider, ILogger<DeadlineService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunInBackground)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.ScanInterval, timeProvider);
        do
        {
            try
            {
                await runner.RunDueAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(1103, LogLevel.Error, "Looking for passed deadlines failed; it is tried again at the next scan.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
