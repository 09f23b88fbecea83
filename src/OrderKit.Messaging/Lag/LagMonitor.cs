using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Watches the backlogs. Call <see cref="SampleAsync"/> at regular intervals, from a health check or a timer.</summary>
/// <remarks>Safe for several threads. It keeps its window in memory: verdicts begin anew with the process.</remarks>
public sealed class LagMonitor
{
    private readonly IOutboxStore _outbox;
    private readonly IInboxStore _inbox;
    private readonly TimeProvider _time;
    private readonly int _window;
    private readonly Lock _gate = new();
    private readonly List<(MessageFlow Flow, string Name, List<LagSample> Samples)> _watched = [];

    /// <summary>Creates the monitor. Hosts with a container resolve it.</summary>
    /// <param name="outbox">The outbox.</param>
    /// <param name="inbox">The inbox.</param>
    /// <param name="options">What is watched.</param>
    /// <param name="timeProvider">The clock by which samples are dated.</param>
    /// <exception cref="ArgumentException">The window has no room for a verdict.</exception>
    public LagMonitor(IOutboxStore outbox, IInboxStore inbox, LagOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _outbox = outbox ?? throw new ArgumentNullException(nameof(outbox));
        _inbox = inbox ?? throw new ArgumentNullException(nameof(inbox));
        _time = timeProvider ?? TimeProvider.System;
        if (options.Window is < LagJudge.FewestSamples or > 1_000)
        {
            throw new ArgumentException(
                $"LagOptions.Window is {options.Window}; it must be between {LagJudge.FewestSamples} and 1,000.", nameof(options));
        }

        _window = options.Window;
        _watched.AddRange(options.Destinations.Distinct(StringComparer.Ordinal)
            .Select(static name => (MessageFlow.Outbox, name, new List<LagSample>())));
        _watched.AddRange(options.Consumers.Distinct(StringComparer.Ordinal)
            .Select(static name => (MessageFlow.Inbox, name, new List<LagSample>())));
    }

    /// <summary>Looks at everything that is watched, and judges it.</summary>
    public async Task<IReadOnlyList<LagSnapshot>> SampleAsync(CancellationToken cancellationToken = default)
    {
        foreach (var (flow, name, samples) in _watched)
        {
            var sample = await TakeAsync(flow, name, cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                samples.Add(sample);
                if (samples.Count > _window)
                {
                    samples.RemoveAt(0);
                }
            }
        }

        return Snapshot();
    }

    /// <summary>What was found last.</summary>
    public IReadOnlyList<LagSnapshot> Snapshot()
    {
        lock (_gate)
        {
            return [.. _watched.Select(static watched => SnapshotOf(watched.Flow, watched.Name, watched.Samples))];
        }
    }

    private static LagSnapshot SnapshotOf(MessageFlow flow, string name, List<LagSample> samples)
    {
        var last = samples.Count == 0 ? default : samples[^1];
        var age = last.At - last.OldestAt;
        // The two instants are of two clocks, which may differ a little.
        return new LagSnapshot(flow, name, last.Pending, age < TimeSpan.Zero ? TimeSpan.Zero : age, LagJudge.Judge(samples));
    }

    private async ValueTask<LagSample> TakeAsync(MessageFlow flow, string name, CancellationToken cancellationToken)
    {
        var backlog = flow == MessageFlow.Outbox
            ? await _outbox.BacklogAsync(name, cancellationToken).ConfigureAwait(false)
            : await _inbox.BacklogAsync(name, cancellationToken).ConfigureAwait(false);
        return new LagSample(_time.GetUtcNow(), backlog.Count, backlog.OldestAt, backlog.OldestAttempts, backlog.OldestIsDue);
    }
}
