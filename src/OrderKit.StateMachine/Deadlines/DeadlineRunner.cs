using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Acts on passed deadlines: asks the probes that the model requires, then fires a set in one transaction.</summary>
/// <remarks>
/// Safe for several threads and machines: deadlines are leased, and a deadline whose state was left has no effect.
/// Probes of one set are asked concurrently, up to <see cref="DeadlineOptions.MaxConcurrentProbes"/> at a time, each in a scope of its own.
/// Deadlines without a probe are fired before any probe is asked, unless their order also has a deadline with a probe in the set.
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
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates the runner; hosts with a container resolve it.</summary>
    public DeadlineRunner(
        IDeadlineStore store,
        OrderLifecycle lifecycle,
        ScopedServices<IDeadlineProbe>? probes = null,
        IOptions<DeadlineOptions>? options = null,
        ILogger<DeadlineRunner>? logger = null,
        TimeProvider? timeProvider = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _lifecycle = lifecycle ?? throw new ArgumentNullException(nameof(lifecycle));
        _probes = (probes?.All ?? []).ToDictionary(static probe => probe.Read(static p => p.Name), StringComparer.Ordinal);
        _options = options?.Value ?? new DeadlineOptions();
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<DeadlineRunner>.Instance;
    }

    /// <summary>Acts on passed deadlines, one set at a time, until none is due.</summary>
    /// <returns>The number of deadlines that fired or were stale.</returns>
    /// <remarks>
    /// <para>
    /// When a set cannot be fired in one transaction, each member is fired in its own. A member that fails is retried after its lease
    /// expires, and the first failure is thrown after the set. When a transaction cannot begin, the rest of the set is not tried.
    /// </para>
    /// <para>
    /// No probe is asked once half of the lease has passed. The deadlines whose probes were not asked are claimed again after their lease
    /// expires. Further sets of the same call then fire only what needs no probe.
    /// </para>
    /// </remarks>
    public async Task<int> RunDueAsync(CancellationToken cancellationToken = default)
    {
        var pass = new Pass();
        while (!cancellationToken.IsCancellationRequested && pass.Failure is null)
        {
            var started = _time.GetTimestamp();
            var due = await _store.ClaimDueAsync(_options.BatchSize, _options.Lease, cancellationToken).ConfigureAwait(false);

            // Deadlines of one order act in their order, so those beside a deadline with a probe wait for its answer.
            var asking = due.Where(deadline => ProbeOf(deadline) is not null).Select(static deadline => deadline.Order).ToHashSet();
            var sets = due.ToLookup(deadline => asking.Contains(deadline.Order));
            await ActAsync([.. sets[false].Select(PlanWithoutProbe)], pass, cancellationToken).ConfigureAwait(false);
            if (asking.Count > 0 && !pass.IsUnreachable)
            {
                var steps = await PlanAllAsync([.. sets[true]], pass.IsLate ? null : started, cancellationToken).ConfigureAwait(false);
                pass.IsLate |= steps.Contains(null);
                await ActAsync([.. steps.OfType<Step>()], pass, cancellationToken).ConfigureAwait(false);
            }

            if (due.Count < _options.BatchSize)
            {
                break;
            }
        }

        pass.Failure?.Throw();
        return pass.Done;
    }

    private async Task ActAsync(Step[] steps, Pass pass, CancellationToken cancellationToken)
    {
        var members = Array.FindAll(steps, static step => step.Fact is not null);
        var results = await FireAsync(members, pass, cancellationToken).ConfigureAwait(false);
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
                    pass.Done++;
                    break;
                default:
                    // The deadline was removed in the transaction of its effect.
                    Count("fired");
                    pass.Done++;
                    break;
            }
        }

        Count("postponed", postponed.Count);
        foreach (var group in postponed.Concat(stale).GroupBy(static step => step.Delay!.Value))
        {
            await _store.PostponeAsync([.. group.Select(static step => step.Deadline)], group.Key, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fires the members in one transaction, or each in its own where that fails; a member that fails has no result.</summary>
    private async Task<FireResult?[]> FireAsync(Step[] members, Pass pass, CancellationToken cancellationToken)
    {
        var results = new FireResult?[members.Length];
        if (members.Length == 0)
        {
            return results;
        }

        var cannotBegin = false;
        try
        {
            return await _lifecycle.FireDeadlinesAsync(
                Array.ConvertAll(members, static step => step.Fact!),
                Array.ConvertAll(members, static step => step.IsOwnFact ? step.Deadline : null),
                cancellationToken,
                onBeginFailed: () => cannotBegin = true).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (members.Length == 1 || cannotBegin)
            {
                LogFailed(_logger, e, members.Length, members[0].Deadline.Order.Order);
                pass.Failure ??= ExceptionDispatchInfo.Capture(e);
                pass.IsUnreachable |= cannotBegin;
                return results;
            }

            // Where a transaction cannot begin, the others would fail for the same reason, one after the other.
            for (var i = 0; i < members.Length && !pass.IsUnreachable; i++)
            {
                results[i] = (await FireAsync([members[i]], pass, cancellationToken).ConfigureAwait(false))[0];
            }

            return results;
        }
    }

    private ScopedService<IDeadlineProbe>? ProbeOf(DueDeadline deadline) =>
        deadline.Probe is { } name ? _probes.GetValueOrDefault(name) : null;

    /// <summary>Plans deadlines concurrently. A deadline whose probe was not asked has no step.</summary>
    /// <param name="deadlines">The deadlines.</param>
    /// <param name="started">When they were claimed; <see langword="null"/> asks no probe.</param>
    /// <param name="cancellationToken">Cancels the probes.</param>
    private async Task<Step?[]> PlanAllAsync(DueDeadline[] deadlines, long? started, CancellationToken cancellationToken)
    {
        var steps = new Step?[deadlines.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = _options.MaxConcurrentProbes, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, deadlines.Length, options, async (i, token) =>
        {
            if (ProbeOf(deadlines[i]) is not { } probe)
            {
                steps[i] = PlanWithoutProbe(deadlines[i]);
            }
            else if (started is { } since && _time.GetElapsedTime(since) < _options.Lease / 2)
            {
                steps[i] = await PlanAsync(deadlines[i], probe, token).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        return steps;
    }

    private Step PlanWithoutProbe(DueDeadline deadline)
    {
        if (deadline.Probe is not { } name)
        {
            return new Step(deadline, FactOf(deadline, deadline.Trigger));
        }

        LogMissingProbe(_logger, name, deadline.Order.Order);
        return new Step(deadline, FactOf(deadline, FactRun.DeadlineUnprobed), Delay: _options.RetryDelay);
    }

    /// <summary>Asks the probe of a deadline and decides what to do about the deadline.</summary>
    private async Task<Step> PlanAsync(DueDeadline deadline, ScopedService<IDeadlineProbe> probe, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(deadline, probe, cancellationToken).ConfigureAwait(false) switch
            {
                ProbeAnswer.Postpone { Delay: var delay } =>
                    new Step(deadline, null, Delay: delay > TimeSpan.Zero ? delay : _options.RetryDelay),
                ProbeAnswer.Instead instead => new Step(deadline, instead.Fact, IsOwnFact: false, _options.RetryDelay),
                _ => new Step(deadline, FactOf(deadline, deadline.Trigger)),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A probe that fails has not agreed. Nothing is done based on a status that was not verified.
            LogProbeFailed(_logger, e, deadline.Probe!, deadline.Order.Order);
            return new Step(deadline, null, Delay: _options.RetryDelay);
        }
    }

    /// <summary>Asks a probe for a limited time. A probe that ignores its cancellation keeps its scope until it returns.</summary>
    private async Task<ProbeAnswer> AskAsync(
        DueDeadline deadline, ScopedService<IDeadlineProbe> probe, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.ProbeTimeout, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var token = ending.Token;
        var asking = Task.Run(AskInScopeAsync, CancellationToken.None);
        try
        {
            return await asking.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            _ = asking.ContinueWith(
                static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new TimeoutException($"The probe did not answer within {_options.ProbeTimeout}.", e);
        }

        async Task<ProbeAnswer> AskInScopeAsync()
        {
            var lease = probe.Open();
            await using var closing = lease.ConfigureAwait(false);
            return await lease.Service.AskAsync(deadline, token).ConfigureAwait(false);
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

    [LoggerMessage(
        1101, LogLevel.Warning,
        "The deadline of order {Order} needs the probe '{Probe}', which is not registered; a case was opened instead.")]
    private static partial void LogMissingProbe(ILogger logger, string probe, OrderId order);

    [LoggerMessage(1102, LogLevel.Warning, "The probe '{Probe}' failed for order {Order}; its deadline was postponed.")]
    private static partial void LogProbeFailed(ILogger logger, Exception exception, string probe, OrderId order);

    [LoggerMessage(
        1104, LogLevel.Warning, "{Deadlines} deadline(s) failed, the first of order {Order}; they are retried after their lease expires.")]
    private static partial void LogFailed(ILogger logger, Exception exception, int deadlines, OrderId order);

    /// <summary>What one call has done so far.</summary>
    private sealed class Pass
    {
        public int Done { get; set; }

        /// <summary>The first failure.</summary>
        public ExceptionDispatchInfo? Failure { get; set; }

        /// <summary>Whether a transaction could not begin.</summary>
        public bool IsUnreachable { get; set; }

        /// <summary>Whether half of the lease of a set passed before all its probes were asked.</summary>
        public bool IsLate { get; set; }
    }

    /// <summary>What to do about one deadline.</summary>
    /// <param name="Deadline">The deadline.</param>
    /// <param name="Fact">The fact to fire; missing where it is only postponed.</param>
    /// <param name="IsOwnFact">Whether the fact is the deadline's own, and void once the state was left.</param>
    /// <param name="Delay">How long to postpone the deadline afterwards; missing where the fact ends it.</param>
    private sealed record Step(DueDeadline Deadline, OrderFact? Fact, bool IsOwnFact = true, TimeSpan? Delay = null);
}
