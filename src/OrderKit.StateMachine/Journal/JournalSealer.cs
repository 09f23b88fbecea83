using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Seals the journal: puts committed rows into segments, each linked by hash to the one before.</summary>
/// <remarks>
/// Any number of sealers may run; a lease keeps them out of each other's way, and the number of the segment decides where it lapsed.
/// What a seal promises holds from then on: a changed, missing or invented row is found and located by <see cref="JournalVerifier"/>.
/// Safe for several threads.
/// </remarks>
/// <param name="journal">The journal.</param>
/// <param name="leases">The leases.</param>
/// <param name="timeProvider">The clock whose time a segment bears.</param>
/// <param name="options">The options.</param>
public sealed class JournalSealer(
    IJournalStore journal, ILeaseStore leases, TimeProvider timeProvider, IOptions<JournalSealingOptions> options)
{
    /// <summary>The name of the lease.</summary>
    public const string LeaseName = "journal-sealer";

    private static readonly Counter<long> SealedRows =
        OrderKitTelemetry.Meter.CreateCounter<long>(OrderKitTelemetry.SealedCounterName, "{row}", "Journal rows that were sealed.");

    private static readonly Gauge<long> Unsealed = OrderKitTelemetry.Meter.CreateGauge<long>(
        OrderKitTelemetry.UnsealedGaugeName, "{row}", "Journal rows that no segment holds yet.");

    // New for each sealer and not for each machine: two in one process must exclude each other too.
    private readonly string _owner = Guid.NewGuid().ToString("N");

    /// <summary>How many rows no segment holds yet, counted up to 10,001.</summary>
    public async Task<int> CountUnsealedAsync(CancellationToken cancellationToken = default) =>
        await journal.CountUnsealedAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Seals one batch of rows.</summary>
    /// <returns>How many rows were sealed: 0 where there are none, where another sealer is at work, or where it was first.</returns>
    /// <remarks>Call it again at once while it returns a whole batch.</remarks>
    public async Task<int> SealOnceAsync(CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        if (await journal.ReadUnsealedAsync(1, cancellationToken).ConfigureAwait(false) is [])
        {
            // Asked first, so that an idle journal costs one read and no write.
            return 0;
        }

        var acquired = await leases.TryAcquireAsync(LeaseName, _owner, settings.LeaseDuration, cancellationToken).ConfigureAwait(false);
        if (acquired is not { } lease)
        {
            return 0;
        }

        try
        {
            return await SealBatchAsync(settings.BatchSize, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await leases.ReleaseAsync(lease, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Seals until no row is left, and records how many rows other sealers left.</summary>
    internal async Task SealAllAsync(CancellationToken cancellationToken)
    {
        while (await SealOnceAsync(cancellationToken).ConfigureAwait(false) > 0)
        {
        }

        if (Unsealed.Enabled)
        {
            Unsealed.Record(await CountUnsealedAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<int> SealBatchAsync(int batchSize, CancellationToken cancellationToken)
    {
        // The last segment is read before the rows: if another sealer comes between, the number is taken and nothing is written.
        // The other way round, its rows would be sealed twice.
        var last = await journal.LastSegmentAsync(cancellationToken).ConfigureAwait(false);
        var rows = await journal.ReadUnsealedAsync(batchSize, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return 0;
        }

        var segment = JournalHashing.Seal(last, rows, timeProvider.GetUtcNow());
        if (!await journal.AppendSegmentAsync(segment, cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        SealedRows.Add(rows.Count);
        return rows.Count;
    }
}
