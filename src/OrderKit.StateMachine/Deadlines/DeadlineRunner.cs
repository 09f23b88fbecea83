using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

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
    /// <remarks>One that fails does not hold up the others of its batch: it is left to its lease, and its exception comes out at the end.</remarks>
    public async Task<int> RunDueAsync(CancellationToken cancellationToken = default)
    {
        var done = 0;
        ExceptionDispatchInfo? failure = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var due = await _store.ClaimDueAsync(_options.BatchSize, _options.Lease, cancellationToken).ConfigureAwait(false);
            foreach (var deadline in due)
            {
                try
                {
                    done += await RunAsync(deadline, cancellationToken).ConfigureAwait(false) ? 1 : 0;
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    LogFailed(_logger, e, deadline.Order.Order);
                    failure ??= ExceptionDispatchInfo.Capture(e);
                }
            }

            if (due.Count < _options.BatchSize || failure is not null)
            {
                break;
            }
        }

        failure?.Throw();
        return done;
    }

    private async Task<bool> RunAsync(DueDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.Probe is { } name)
        {
            switch (await AskAsync(name, deadline, cancellationToken).ConfigureAwait(false))
            {
                case null:
                    await _lifecycle.FireDeadlineAsync(FactOf(deadline, FactRun.DeadlineUnprobed), deadline, cancellationToken).ConfigureAwait(false);
                    return await PostponeAsync(deadline, _options.Pause, cancellationToken).ConfigureAwait(false);
                case ProbeAnswer.Postpone postpone:
                    return await PostponeAsync(deadline, postpone.Pause > TimeSpan.Zero ? postpone.Pause : _options.Pause, cancellationToken).ConfigureAwait(false);
                case ProbeAnswer.Instead instead:
                    await _lifecycle.FireAsync(instead.Fact, cancellationToken).ConfigureAwait(false);
                    return await PostponeAsync(deadline, _options.Pause, cancellationToken).ConfigureAwait(false);
            }
        }

        var outcome = await _lifecycle.FireDeadlineAsync(FactOf(deadline, deadline.Trigger), deadline, cancellationToken).ConfigureAwait(false);
        switch (outcome)
        {
            case FireResult.GuardFailed or FireResult.Conflict or FireResult.Parked or FireResult.Unresolved:
                // What stands in the way may go away while the order still waits in this state.
                return await PostponeAsync(deadline, _options.Pause, cancellationToken).ConfigureAwait(false);
            case FireResult.Stale or FireResult.Duplicate:
                // Its state was left or armed anew, or another runner was first. What stands in the store by now is not ours to
                // remove; should it be this very deadline, it is looked at again.
                Count("stale");
                await _store.PostponeAsync(deadline, _options.Pause, cancellationToken).ConfigureAwait(false);
                return true;
            default:
                // It ended in the transaction of its effect: neither can be there without the other.
                Count("fired");
                return true;
        }
    }

    // One deadline is one fact, however often it is tried: a crash after the commit leaves a duplicate, not a second effect.
    // It is nobody's word that must be kept: where it cannot be decided, the deadline itself waits.
    private static OrderFact FactOf(DueDeadline deadline, string trigger) => new()
    {
        Trigger = trigger,
        Source = Source,
        Order = deadline.Order,
        Id = string.Create(CultureInfo.InvariantCulture, $"{trigger}:{deadline.Facet}:{deadline.Version}:{deadline.DueAt.UtcTicks}"),
        Standing = FactStanding.Command,
        OccurredAt = deadline.DueAt,
    };

    private static void Count(string outcome) => Deadlines.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, outcome));

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
        Count("postponed");
        await _store.PostponeAsync(deadline, pause, cancellationToken).ConfigureAwait(false);
        return false;
    }

    [LoggerMessage(1101, LogLevel.Warning, "The deadline of order {Order} needs the probe '{Probe}', which is not registered; a case was opened instead.")]
    private static partial void LogMissingProbe(ILogger logger, string probe, OrderId order);

    [LoggerMessage(1102, LogLevel.Warning, "The probe '{Probe}' failed for order {Order}; its deadline was postponed.")]
    private static partial void LogProbeFailed(ILogger logger, Exception exception, string probe, OrderId order);

    [LoggerMessage(1104, LogLevel.Warning, "Acting on a deadline of order {Order} failed; it is tried again when its lease has lapsed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, OrderId order);
}
