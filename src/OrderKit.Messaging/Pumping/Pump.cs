using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging;

/// <summary>Claims the messages of one destination or consumer, hands them over, and retries or dead-letters what fails.</summary>
/// <remarks>
/// A message uses an attempt when it is handed over. Normally the attempt is written only if it fails. A message whose lease expired may
/// have ended the process that held it: it is handed over alone, after all others, and its attempt is written before.
/// </remarks>
internal sealed partial class Pump<TDelivery>(
    PumpContext context, ILaneStore<TDelivery> store, MessageFlow flow, string name, PumpOptions options, Counter<long> counter)
    where TDelivery : MessageDelivery
{
    private readonly CircuitBreaker _circuit = new(options.FailuresToBreak, options.FirstBreak, options.MaxBreak, context.Time);
    private readonly Pace _claims = new(options.BatchSize, options.BatchSize, options.Lease / 2);
    private readonly HashSet<long> _suspects = [];
    private readonly ConcurrentDictionary<long, DeadLetter> _unburied = [];

    /// <summary>The destination or consumer.</summary>
    public string Name => name;

    /// <summary>Hands over messages of different lanes together. Returns why that failed. It throws only for other reasons.</summary>
    public required Func<TDelivery[], CancellationToken, Task<Exception?>> HandOver { get; init; }

    /// <summary>Notes messages as done after they were handed over; nothing where that is part of handing over.</summary>
    public Func<IReadOnlyList<TDelivery>, Task>? Complete { get; init; }

    /// <summary>How many messages are handed over together.</summary>
    public Pace Together { get; init; } = new(1, 1, TimeSpan.MaxValue);

    /// <summary>The outcome of a message that was handed over, in the metrics.</summary>
    public required string Done { get; init; }

    /// <summary>Claims one batch and hands it over; nothing while the destination is paused or the circuit breaker is open.</summary>
    public async Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken)
    {
        if (_circuit.IsOpen || await context.Pauses.FindAsync(flow, name, cancellationToken).ConfigureAwait(false) is not null)
        {
            return default;
        }

        var started = context.Time.GetTimestamp();
        var claimed = await store.ClaimAsync(name, _circuit.Allows(_claims.Size), options.Lease, cancellationToken).ConfigureAwait(false);
        var batch = new Batch(claimed, started);
        var isStore = true;
        try
        {
            await HandOverAsync(batch, cancellationToken).ConfigureAwait(false);
            isStore = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            isStore = false;
            throw;
        }
        finally
        {
            // Also when the pump stops: what was delivered would be delivered again, and the rest would wait for its lease.
            try
            {
                await CompleteAsync(batch).ConfigureAwait(false);
            }
            finally
            {
                await ReleaseAsync(batch.Of(Ending.Untried), isBestEffort: isStore).ConfigureAwait(false);
            }
        }

        var result = new PumpResult(batch.Count(Ending.Done), batch.Count(Ending.Failed)) { Dead = batch.Count(Ending.Dead) };
        _claims.Took(result.Count, context.Time.GetElapsedTime(started));
        return result;
    }

    /// <summary>Pumps until nothing is due.</summary>
    public async Task<PumpResult> PumpAllAsync(CancellationToken cancellationToken)
    {
        var total = default(PumpResult);
        while (true)
        {
            var once = await PumpOnceAsync(cancellationToken).ConfigureAwait(false);
            total = total.Plus(once);
            if (once.Count == 0)
            {
                return total;
            }
        }
    }

    // Each message is the head of another lane, so the lanes keep their order whichever comes first.
    private async Task HandOverAsync(Batch batch, CancellationToken cancellationToken)
    {
        var all = Enumerable.Range(0, batch.Claimed.Count).ToLookup(i =>
            batch.Claimed[i].Attempt > options.MaxAttempts || _unburied.ContainsKey(batch.Claimed[i].Id) ? Kind.Exhausted
            : IsSuspect(batch.Claimed[i]) ? Kind.Suspect
            : Kind.Fresh);
        foreach (var i in all[Kind.Exhausted])
        {
            var delivery = batch.Claimed[i];
            var reason = $"Attempt {delivery.Attempt - 1} was the last one, and its process ended.";
            batch.Endings[i] = await BuryAsync(delivery, "AttemptsExhausted", reason).ConfigureAwait(false);
        }

        var fresh = all[Kind.Fresh].ToArray();
        var next = 0;
        var workers = Enumerable.Range(0, Math.Min(options.MaxConcurrency, fresh.Length)).Select(_ => HandOverSomeAsync());
        await Task.WhenAll(workers).ConfigureAwait(false);

        // A message that ends the process again must not cost an attempt of later ones: fewer attempts first, each completed at once.
        foreach (var i in all[Kind.Suspect].OrderBy(i => batch.Claimed[i].Attempt))
        {
            await CompleteAsync(batch).ConfigureAwait(false);
            if (!MayBegin(batch))
            {
                return;
            }

            batch.Endings[i] = Ending.Failed;
            if (await store.StartAsync(batch.Claimed[i], cancellationToken).ConfigureAwait(false))
            {
                await HandOverAsync(batch, [i], cancellationToken).ConfigureAwait(false);
            }
        }

        async Task HandOverSomeAsync()
        {
            while (true)
            {
                var size = Together.Size;
                var from = Interlocked.Add(ref next, size) - size;
                if (from >= fresh.Length || !MayBegin(batch))
                {
                    return;
                }

                try
                {
                    await HandOverAsync(batch, fresh[from..Math.Min(from + size, fresh.Length)], cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    batch.IsStopped = true;
                    throw;
                }
            }
        }
    }

    private async Task HandOverAsync(Batch batch, int[] group, CancellationToken cancellationToken)
    {
        batch.HasBegun = true;
        var deliveries = Array.ConvertAll(group, i => batch.Claimed[i]);
        var started = context.Time.GetTimestamp();
        if (await HandOver(deliveries, cancellationToken).ConfigureAwait(false) is not { } failure)
        {
            _circuit.Succeeded();
            Together.Took(group.Length, context.Time.GetElapsedTime(started));
            Array.ForEach(group, i => batch.Endings[i] = Ending.Done);
        }
        else if (group.Length == 1)
        {
            batch.Endings[group[0]] = await FailAsync(deliveries[0], failure).ConfigureAwait(false);
        }
        else if (failure is HandlerTimeoutException)
        {
            // Nobody knows which of them takes so long. They are given back, and each is handed over alone the next time.
            LogSuspected(context.Logger, failure, group.Length, name);
            lock (_suspects)
            {
                _suspects.UnionWith(deliveries.Select(static delivery => delivery.Id));
            }
        }
        else
        {
            // One of them spoils it for all. It is found by halves, and the others do not suffer for it.
            foreach (var half in (int[][])[group[..(group.Length / 2)], group[(group.Length / 2)..]])
            {
                if (MayBegin(batch))
                {
                    await HandOverAsync(batch, half, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task ReleaseAsync(List<TDelivery> untried, bool isBestEffort)
    {
        try
        {
            if (untried.Count > 0)
            {
                await store.ReleaseAsync(untried, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (isBestEffort)
        {
            // The first failure is the one to report. The messages are due again when their lease lapses.
            LogNotReleased(context.Logger, e, untried.Count, name);
        }
    }

    private async Task CompleteAsync(Batch batch)
    {
        if (batch.TakeDone() is not { Count: > 0 } done)
        {
            return;
        }

        if (Complete is not null)
        {
            await Complete(done).ConfigureAwait(false);
        }

        Count(done.Count, Done);
    }

    // Another pump may take the rest over when the lease lapses; handed over by both, the events of a lane could change places.
    private bool MayBegin(Batch batch) => !batch.IsStopped && !_circuit.IsOpen
        && (!batch.HasBegun || context.Time.GetElapsedTime(batch.Started) <= options.Lease / 2);

    private bool IsSuspect(TDelivery delivery)
    {
        lock (_suspects)
        {
            return _suspects.Remove(delivery.Id) || delivery.IsTakenOver;
        }
    }

    private async Task<Ending> FailAsync(TDelivery delivery, Exception failure)
    {
        if (failure is InboxFenceLostException)
        {
            // Nothing took effect here. The pump that took the message over decides for itself.
            LogOvertaken(context.Logger, failure, delivery.MessageId, delivery.Attempt, name);
            return Ending.Failed;
        }

        if (options.IsDestinationDown(failure) && _circuit.Failed() is var duration && duration > TimeSpan.Zero)
        {
            LogBroken(context.Logger, name, duration);
        }

        if (delivery.Attempt >= options.MaxAttempts || delivery.Age > options.MaxAge)
        {
            LogDied(context.Logger, failure, delivery.MessageId, delivery.Attempt, name);
            return await BuryAsync(delivery, failure.GetType().Name, failure.Message).ConfigureAwait(false);
        }

        var delay = (failure as RetryLaterException)?.Delay ?? DelayAfter(delivery);
        LogFailed(context.Logger, failure, delivery.MessageId, delivery.Attempt, name, delay);
        Count(1, "failed");
        await store.RetryAsync(delivery, delay, $"{failure.GetType().Name}: {failure.Message}", CancellationToken.None)
            .ConfigureAwait(false);
        return Ending.Failed;
    }

    // In one transaction the message leaves its lane and becomes a letter, so it is in one of the two at any time.
    private async Task<Ending> BuryAsync(TDelivery delivery, string errorClass, string errorText)
    {
        var letter = _unburied.GetValueOrDefault(delivery.Id) ?? DeadLetter.Of(flow, delivery, errorClass, errorText);
        try
        {
            var unit = await context.Units.BeginAsync(CancellationToken.None).ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                if (!await store.RemoveAsync(unit, delivery, CancellationToken.None).ConfigureAwait(false))
                {
                    // Another pump took it over, and decides for itself.
                    _unburied.TryRemove(delivery.Id, out _);
                    return Ending.Failed;
                }

                await context.Letters.AddAsync(unit, [letter], context.Notices, CancellationToken.None).ConfigureAwait(false);
                await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // It stops its own lane: it stays there, this process does not hand it over again, and buries it later with the same reason.
            _unburied[delivery.Id] = letter;
            LogNotBuried(context.Logger, e, delivery.MessageId, name);
            await store.RetryAsync(delivery, DelayAfter(delivery), $"{letter.ErrorClass}: {letter.ErrorText}", CancellationToken.None)
                .ConfigureAwait(false);
            return Ending.Failed;
        }

        _unburied.TryRemove(delivery.Id, out _);
        Count(1, "dead");
        return Ending.Dead;
    }

    private TimeSpan DelayAfter(TDelivery delivery) =>
        Backoff.After(delivery.Attempt, options.FirstDelay, options.MaxDelay, options.Jitter());

    private void Count(int messages, string outcome) =>
        counter.Add(messages, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, outcome));

    [LoggerMessage(2001, LogLevel.Warning, "Attempt {Attempt} of the message {MessageId} for '{Name}' failed; the next one is in {Delay}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string messageId, int attempt, string name, TimeSpan delay);

    [LoggerMessage(
        2004, LogLevel.Error, "Attempt {Attempt} of the message {MessageId} for '{Name}' was the last one; it becomes a dead letter.")]
    private static partial void LogDied(ILogger logger, Exception exception, string messageId, int attempt, string name);

    [LoggerMessage(2005, LogLevel.Warning, "'{Name}' failed again and again; nothing is handed over for {Duration}.")]
    private static partial void LogBroken(ILogger logger, string name, TimeSpan duration);

    [LoggerMessage(
        2006, LogLevel.Warning,
        "The message {MessageId} for '{Name}' was taken over by another process during attempt {Attempt}; nothing was written.")]
    private static partial void LogOvertaken(ILogger logger, Exception exception, string messageId, int attempt, string name);

    [LoggerMessage(
        2007, LogLevel.Error,
        "The message {MessageId} for '{Name}' could not be made a dead letter; its lane waits, and it is tried again.")]
    private static partial void LogNotBuried(ILogger logger, Exception exception, string messageId, string name);

    [LoggerMessage(
        2008, LogLevel.Warning,
        "{Count} messages for '{Name}' were not handled together in time; each is handed over alone the next time.")]
    private static partial void LogSuspected(ILogger logger, Exception exception, int count, string name);

    [LoggerMessage(
        2009, LogLevel.Warning, "{Count} messages for '{Name}' could not be released; they are due again when their lease expires.")]
    private static partial void LogNotReleased(ILogger logger, Exception exception, int count, string name);

    private enum Ending
    {
        Untried,
        Done,
        Failed,
        Dead,
    }

    private enum Kind
    {
        Fresh,
        Suspect,
        Exhausted,
    }

    /// <summary>What was claimed together, and what became of it.</summary>
    private sealed class Batch(IReadOnlyList<TDelivery> claimed, long started)
    {
        private readonly bool[] _isTaken = new bool[claimed.Count];
        private volatile bool _hasBegun;
        private volatile bool _isStopped;

        public IReadOnlyList<TDelivery> Claimed => claimed;

        public Ending[] Endings { get; } = new Ending[claimed.Count];

        public long Started => started;

        public bool HasBegun
        {
            get => _hasBegun;
            set => _hasBegun = value;
        }

        public bool IsStopped
        {
            get => _isStopped;
            set => _isStopped = value;
        }

        public int Count(Ending ending) => Endings.Count(one => one == ending);

        public List<TDelivery> Of(Ending ending) => [.. claimed.Where((_, i) => Endings[i] == ending)];

        /// <summary>The messages that are done and were not taken before.</summary>
        public List<TDelivery> TakeDone()
        {
            var done = new List<TDelivery>();
            for (var i = 0; i < _isTaken.Length; i++)
            {
                if (Endings[i] == Ending.Done && !_isTaken[i])
                {
                    _isTaken[i] = true;
                    done.Add(claimed[i]);
                }
            }

            return done;
        }
    }
}
