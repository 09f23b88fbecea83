using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Acts on passed deadlines: asks probes where the model requires it, then fires the triggers of a set in one transaction.</summary>
/// <remarks>
/// Safe for several threads and machines: deadlines are leased, and a deadline whose state was left has no effect.
/// Probes of one set are asked concurrently, up to <see cref="DeadlineOptions.MaxConcurrentProbes"/> at a time, each in a scope of its own.
/// </remarks>
public sealed partial class DeadlineRunner
{
    /// <summary>The source of the facts that deadlines fire.</summary>
    public const string Source = "orderkit.deadline";

    private static readonly Counter<long> Deadlines = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.DeadlinesCounterName, "{deadline}", "Deadlines that passed.");

    private readonly IDeadlineStore _store;
    private readonly OrderLifecycle _lifecycle;
    private readonly Dictionary<string, ScopedService<IDeadlineProbe>> _probes;
    private readonly DeadlineOptions _options;
    private readonly ILogger _logger;

    /// <summary>Creates the runner; hosts with a container resolve it.</summary>
    public DeadlineRunner(
        IDeadlineStore store,
        OrderLifecycle lifecycle,
        ScopedServices<IDeadlineProbe>? probes = null,
        IOptions<DeadlineOptions>? options = null,
        ILogger<DeadlineRunner>? logger = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _lifecycle = lifecycle ?? throw new ArgumentNullException(nameof(lifecycle));
        _probes = (probes?.All ?? []).ToDictionary(static probe => probe.Read(static p => p.Name), StringComparer.Ordinal);
        _options = options?.Value ?? new DeadlineOptions();
        _logger = logger ?? NullLogger<DeadlineRunner>.Instance;
    }

    /// <summary>Acts on passed deadlines, one set at a time, until none is due.</summary>
    /// <returns>The number of deadlines that fired or were stale.</returns>
    /// <remarks>
    /// When a set cannot be fired in one transaction, each member is fired in its own. A member that fails is retried after its lease
    /// expires, and the first failure is thrown after the set.
    /// </remarks>
    public async Task<int> RunDueAsync(CancellationToken cancellationToken = default)
    {
        var done = 0;
        ExceptionDispatchInfo? failure = null;
        while (!cancellationToken.IsCancellationRequested && failure is null)
        {
            var due = await _store.ClaimDueAsync(_options.BatchSize, _options.Lease, cancellationToken).ConfigureAwait(false);
            var steps = new Step[due.Count];
            await Parallel.ForAsync(
                0,
                due.Count,
                new ParallelOptions { MaxDegreeOfParallelism = _options.MaxConcurrentProbes, CancellationToken = cancellationToken },
                async (i, token) => steps[i] = await PlanAsync(due[i], token).ConfigureAwait(false)).ConfigureAwait(false);
            var members = Array.FindAll(steps, static step => step.Fact is not null);
            var results = await FireAsync(members, e => failure ??= ExceptionDispatchInfo.Capture(e), cancellationToken).ConfigureAwait(false);
            var postponed = steps.Where(static step => step.Fact is null).ToList();
            List<Step> stale = [];
            for (var i = 0; i < members.Length; i++)
            {
                switch (results[i])
                {
                    case null:
                        break;
                    case { } when members[i].Delay is not null:
                        postponed.Add(members[i]);
                        break;
                    case FireResult.GuardFailed or FireResult.Conflict or FireResult.Parked or FireResult.Unresolved:
                        // The obstacle may go away while the order still waits in this state.
                        postponed.Add(members[i] with { Delay = _options.RetryDelay });
                        break;
                    case FireResult.Stale or FireResult.Duplicate:
                        // Its state was left or armed again, or another runner was first. A deadline that is in the store now is a
                        // newer one and stays. If it is this very deadline, it is looked at again.
                        stale.Add(members[i] with { Delay = _options.RetryDelay });
                        Count("stale");
                        done++;
                        break;
                    default:
                        // The deadline was removed in the transaction of its effect.
                        Count("fired");
                        done++;
                        break;
                }
            }

            Count("postponed", postponed.Count);
            foreach (var group in postponed.Concat(stale).GroupBy(static step => step.Delay!.Value))
            {
                await _store.PostponeAsync([.. group.Select(static step => step.Deadline)], group.Key, cancellationToken).ConfigureAwait(false);
            }

            if (due.Count < _options.BatchSize)
            {
                break;
            }
        }

        failure?.Throw();
        return done;
    }

    /// <summary>Fires the members in one transaction, or each in its own where that fails; a member that fails has no result.</summary>
    private async Task<FireResult?[]> FireAsync(Step[] members, Action<Exception> onFailure, CancellationToken cancellationToken)
    {
        if (members.Length == 0)
        {
            return [];
        }

        try
        {
            return await _lifecycle.FireDeadlinesAsync(
                Array.ConvertAll(members, static step => step.Fact!),
                Array.ConvertAll(members, static step => step.IsOwnFact ? step.Deadline : null),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (members.Length == 1)
            {
                LogFailed(_logger, e, members[0].Deadline.Order.Order);
                onFailure(e);
                return [null];
            }

            var results = new FireResult?[members.Length];
            for (var i = 0; i < members.Length; i++)
            {
                results[i] = (await FireAsync([members[i]], onFailure, cancellationToken).ConfigureAwait(false))[0];
            }

            return results;
        }
    }

    /// <summary>Decides what to do about a deadline; asks its probe if it has one.</summary>
    private async Task<Step> PlanAsync(DueDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.Probe is not { } name)
        {
            return new Step(deadline, FactOf(deadline, deadline.Trigger));
        }

        if (!_probes.TryGetValue(name, out var probe))
        {
            LogMissingProbe(_logger, name, deadline.Order.Order);
            return new Step(deadline, FactOf(deadline, FactRun.DeadlineUnprobed), Delay: _options.RetryDelay);
        }

        try
        {
            var lease = probe.Open();
            await using var ending = lease.ConfigureAwait(false);
            return await lease.Service.AskAsync(deadline, cancellationToken).ConfigureAwait(false) switch
            {
                ProbeAnswer.Postpone postpone => new Step(deadline, null, Delay: postpone.Delay > TimeSpan.Zero ? postpone.Delay : _options.RetryDelay),
                ProbeAnswer.Instead instead => new Step(deadline, instead.Fact, IsOwnFact: false, _options.RetryDelay),
                _ => new Step(deadline, FactOf(deadline, deadline.Trigger)),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A probe that fails has not agreed. Nothing is done based on a status that was not verified.
            LogProbeFailed(_logger, e, name, deadline.Order.Order);
            return new Step(deadline, null, Delay: _options.RetryDelay);
        }
    }

    // A deadline is one fact, however often it is tried: a crash after the commit leaves a duplicate and no second effect.
    // It is a command, so it is never parked: where it cannot be decided, the deadline itself waits.
    private static OrderFact FactOf(DueDeadline deadline, string trigger) => new()
    {
        Trigger = trigger,
        Source = Source,
        Order = deadline.Order,
        Id = string.Create(CultureInfo.InvariantCulture, $"{trigger}:{deadline.Facet}:{deadline.Version}:{deadline.DueAt.UtcTicks}"),
        Standing = FactStanding.Command,
        OccurredAt = deadline.DueAt,
    };

    private static void Count(string outcome, int deadlines = 1) =>
        Deadlines.Add(deadlines, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, outcome));

    [LoggerMessage(1101, LogLevel.Warning, "The deadline of order {Order} needs the probe '{Probe}', which is not registered; a case was opened instead.")]
    private static partial void LogMissingProbe(ILogger logger, string probe, OrderId order);

    [LoggerMessage(1102, LogLevel.Warning, "The probe '{Probe}' failed for order {Order}; its deadline was postponed.")]
    private static partial void LogProbeFailed(ILogger logger, Exception exception, string probe, OrderId order);

    [LoggerMessage(1104, LogLevel.Warning, "The deadline of order {Order} failed; it is retried after its lease expires.")]
    private static partial void LogFailed(ILogger logger, Exception exception, OrderId order);

    /// <summary>What to do about one deadline.</summary>
    /// <param name="Deadline">The deadline.</param>
    /// <param name="Fact">The fact to fire; missing where it is only postponed.</param>
    /// <param name="IsOwnFact">Whether the fact is the deadline's own, and void once the state was left.</param>
    /// <param name="Delay">How long to postpone the deadline afterwards; missing where the fact ends it.</param>
    private sealed record Step(DueDeadline Deadline, OrderFact? Fact, bool IsOwnFact = true, TimeSpan? Delay = null);
}
