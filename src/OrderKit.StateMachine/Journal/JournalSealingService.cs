using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Seals the journal in the background of a host.</summary>
internal sealed partial class JournalSealingService(
    JournalSealer sealer, IOptions<JournalSealingOptions> options, TimeProvider timeProvider, ILogger<JournalSealingService> logger) : BackgroundService
{
    private static readonly Gauge<long> Unsealed = OrderKitTelemetry.Meter.CreateGauge<long>(
        OrderKitTelemetry.UnsealedGaugeName, "{row}", "Journal rows that no segment holds yet.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunInBackground)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.Interval, timeProvider);
        do
        {
            try
            {
                while (await sealer.SealOnceAsync(stoppingToken).ConfigureAwait(false) > 0)
                {
                    // Until no row is left.
                }

                if (Unsealed.Enabled)
                {
                    Unsealed.Record(await sealer.CountUnsealedAsync(stoppingToken).ConfigureAwait(false));
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(1201, LogLevel.Error, "Sealing the journal failed; it is tried again at the next interval.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
