using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderKit.Idempotency;

/// <summary>Lets orders go on in the background of a host when their hold has ended.</summary>
internal sealed partial class DuplicateReleaseService(
    DuplicateReview review, IOptions<DuplicateOrderOptions> options, TimeProvider timeProvider, ILogger<DuplicateReleaseService> logger) : BackgroundService
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
                await review.RunDueAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(3202, LogLevel.Error, "Releasing held orders failed; it is tried again at the next scan.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
