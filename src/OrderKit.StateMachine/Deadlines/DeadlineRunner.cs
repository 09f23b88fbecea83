using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Acts on deadlines that passed: probes where the model demands it, then fires the trigger for exactly the state that waited.</summary>
/// <remarks>Safe for several threads and machines: deadlines are leased, and one whose state was left is a no-op.</remarks>
public sealed partial class DeadlineRunner
{
    /// <summary>The source under which deadlines speak.</summary>
    public const string Source = "orderkit.deadline";

    private static readonly Counter<long> Deadlines = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.DeadlinesCounterName, "{deadline}", "Deadlines that passed.");

    private readonly IDeadlineStore _store;
    private readonly OrderLifecycle _lifecycle;
    private readonly Dictionary<string, IDeadlineProbe> _probes;
    private readonly DeadlineOptions _options;
    private readonly ILogger _logger;

    /// <summary>Makes the runner; hosts with a container get it from there.</summary>
    public DeadlineRunner(
        IDeadlineStore store,
        OrderLifecycle lifecycle,
        IEnumerable<IDeadlineProbe>? probes = null,
        IOptions<DeadlineOptions>? options = null,
        ILogger<DeadlineRunner>? logger = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _lifecycle = lifecycle ?? throw new ArgumentNullException(nameof(lifecycle));
        _probes = (probes ?? []).ToDictionary(p => p.Name, StringComparer.Ordinal);
        _options = options?.Value ?? new DeadlineOptions();
        _logger = logger ?? NullLogger<DeadlineRunner>.Instance;
    }

    /// <summary>Acts on what has passed, a batch at a time, until nothing is due.</summary>
    /// <returns>How many deadlines were acted on or found stale.</returns>
    public async Task<int> RunDueAsync(CancellationToken cancellationToken = default)
    {
        var done = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var due = await _store.ClaimDueAsync(_options.BatchSize, _options.Lease, cancellationToken).ConfigureAwait(false);
            foreach (var deadline in due)
            {
                done += await RunAsync(deadline, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }

            if (due.Count < _options.BatchSize)
            {
                break;
            }
        }

        return done;
    }

    private async Task<bool> RunAsync(DueDeadline deadline, CancellationToken cancellationToken)
    {
        var fact = new OrderFact
        {
            Trigger = deadline.Trigger,
            Source = Source,
            Order = deadline.Order,

            // One deadline is one fact, however often it is tried: a crash after the commit leaves a duplicate, not a second effect.
            Id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{deadline.Trigger}:{deadline.Facet}:{deadline.Version}:{deadline.DueAt.UtcTicks}"),
            OccurredAt = deadline.DueAt,
        };
        if (deadline.Probe is { } name)
        {
            switch (await AskAsync(name, deadline, cancellationToken).ConfigureAwait(false))
            {
                case null:
                    fact = fact with { Trigger = FactRun.DeadlineUnprobed };
                    break;
                case ProbeAnswer.Postpone postpone:
                    return await PostponeAsync(deadline, postpone.Pause, cancellationToken).ConfigureAwait(false);
                case ProbeAnswer.Instead instead:
                    await _lifecycle.FireAsync(instead.Fact, cancellationToken).ConfigureAwait(false);
                    return await PostponeAsync(deadline, _options.Pause, cancellationToken).ConfigureAwait(false);
            }
        }

        switch (await _lifecycle.FireDeadlineAsync(fact, deadline, cancellationToken).ConfigureAwait(false))
        {
            case FireResult.GuardFailed or FireResult.Conflict or FireResult.Parked or FireResult.Unresolved:
                // What stands in the way may go away while the order still waits in this state.
                return await PostponeAsync(deadline, _options.Pause, cancellationToken).ConfigureAwait(false);
            case var result:
                Deadlines.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, result is FireResult.Stale ? "stale" : "fired"));
                await _store.RemoveAsync(deadline, cancellationToken).ConfigureAwait(false);
                return true;
        }
    }

    /// <summary>The probe's answer; <see langword="null"/> where the host registered no such probe.</summary>
    private async Task<ProbeAnswer?> AskAsync(string name, DueDeadline deadline, CancellationToken cancellationToken)
    {
        if (!_probes.TryGetValue(name, out var probe))
        {
            LogMissingProbe(_logger, name, deadline.Order.Order);
            return null;
        }

        try
        {
            return await probe.AskAsync(deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A probe that fails has not agreed. Nothing is done on a status that nobody verified.
            LogProbeFailed(_logger, e, name, deadline.Order.Order);
            return new ProbeAnswer.Postpone(_options.Pause);
        }
    }

    private async Task<bool> PostponeAsync(DueDeadline deadline, TimeSpan pause, CancellationToken cancellationToken)
    {
        Deadlines.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "postponed"));
        await _store.PostponeAsync(deadline, pause, cancellationToken).ConfigureAwait(false);
        return false;
    }

    [LoggerMessage(1101, LogLevel.Warning, "The deadline of order {Order} needs the probe '{Probe}', which is not registered; a case was opened instead.")]
    private static partial void LogMissingProbe(ILogger logger, string probe, OrderId order);

    [LoggerMessage(1102, LogLevel.Warning, "The probe '{Probe}' failed for order {Order}; its deadline was postponed.")]
    private static partial void LogProbeFailed(ILogger logger, Exception exception, string probe, OrderId order);
}
