using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Lets many callers of a process wait for one operation, while one of them polls the store.</summary>
/// <remarks>Safe for several threads. One poll serves all who wait, and only one of them then claims the operation.</remarks>
internal sealed class OperationWatches(IOperationStore store, TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<OperationKey, Watch> _watches = [];

    /// <summary>Waits until an operation no longer runs.</summary>
    /// <returns>Its row, and whether this caller may claim it; <see langword="null"/> when the wait is over.</returns>
    public async Task<Change?> WaitAsync(OperationKey key, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (limit - time.GetElapsedTime(started) is var rest && rest > TimeSpan.Zero)
        {
            var watch = Join(key);
            try
            {
                var row = await watch.Ended.Task.WaitAsync(rest, time, cancellationToken).ConfigureAwait(false);
                if (row is { State: OperationState.Succeeded or OperationState.Failed or OperationState.Unknown })
                {
                    return new Change(row, MayClaim: false);
                }

                if (watch.IsFirst())
                {
                    return new Change(null, MayClaim: true);
                }
            }
            catch (TimeoutException) when (!watch.Ended.Task.IsFaulted)
            {
                return null;
            }
            finally
            {
                Leave(watch);
            }
        }

        return null;
    }

    /// <summary>Signals that an operation of this process ended, so that nobody waits for the next poll.</summary>
    public void Nudge(OperationKey key)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue(key, out var watch))
            {
                watch.Nudged.TrySetResult();
            }
        }
    }

    private Watch Join(OperationKey key)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(key, out var watch))
            {
                _watches.Add(key, watch = new Watch(key));
                _ = LookAsync(watch);
            }

            watch.Waiting++;
            return watch;
        }
    }

    private void Leave(Watch watch)
    {
        lock (_gate)
        {
            if (--watch.Waiting == 0)
            {
                Forget(watch);
                watch.Nudged.TrySetResult();
            }
        }
    }

    private void Forget(Watch watch)
    {
        if (_watches.TryGetValue(watch.Key, out var current) && ReferenceEquals(current, watch))
        {
            _watches.Remove(watch.Key);
        }
    }

    private async Task LookAsync(Watch watch)
    {
        try
        {
            for (var pause = FirstDelay; ; pause = pause * 2 < MaxDelay ? pause * 2 : MaxDelay)
            {
                using (var ended = new CancellationTokenSource())
                {
                    await Task.WhenAny(Task.Delay(pause, time, ended.Token), watch.Nudged.Task).ConfigureAwait(false);
                    await ended.CancelAsync().ConfigureAwait(false);
                }

                lock (_gate)
                {
                    if (watch.Waiting == 0)
                    {
                        return;
                    }

                    watch.Nudged = NewNudge();
                }

                var row = await store.FindAsync(watch.Key, CancellationToken.None).ConfigureAwait(false);
                if (row is null || row.IsLapsed || row.State is OperationState.Succeeded or OperationState.Failed or OperationState.Unknown)
                {
                    End();
                    watch.Ended.TrySetResult(row);
                    return;
                }
            }
        }
        catch (Exception e)
        {
            End();
            watch.Ended.TrySetException(e);
        }

        void End()
        {
            lock (_gate)
            {
                Forget(watch);
            }
        }
    }

    private static TaskCompletionSource NewNudge() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What those who waited get.</summary>
    /// <param name="Row">The row of a finished operation.</param>
    /// <param name="MayClaim">Whether this caller claims it.</param>
    internal sealed record Change(StoredOperation? Row, bool MayClaim);

    private sealed class Watch(OperationKey key)
    {
        private int _taken;

        public OperationKey Key { get; } = key;

        public int Waiting { get; set; }

        public TaskCompletionSource Nudged { get; set; } = NewNudge();

        public TaskCompletionSource<StoredOperation?> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsFirst() => Interlocked.Exchange(ref _taken, 1) == 0;
    }
}
