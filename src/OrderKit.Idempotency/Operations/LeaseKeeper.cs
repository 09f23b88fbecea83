using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>
/// Renews the lease of an operation after each third of it, and cancels the worker when two thirds have passed without success.
/// </summary>
/// <remarks>In the last third the worker can end what it has begun, before another worker may take over, even if a renewal hangs.</remarks>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly LeasedOperation _operation;
    private readonly OperationPolicy _policy;
    private readonly IOperationStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _ended = new();
    private readonly ITimer _alarm;
    private readonly Task _renewing;

    public LeaseKeeper(
        LeasedOperation operation, OperationPolicy policy, IOperationStore store, IUnitOfWorkFactory units, TimeProvider time,
        CancellationToken cancellationToken)
    {
        (_operation, _policy, _store, _units, _time) = (operation, policy, store, units, time);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _alarm = time.CreateTimer(static state => ((LeaseKeeper)state!).GiveUp(), this, policy.Lease * 2 / 3, Timeout.InfiniteTimeSpan);
        _renewing = RenewAsync();
    }

    /// <summary>Cancelled when the caller cancels, or when the lease is lost or about to lapse.</summary>
    public CancellationToken Token => _lost.Token;

    public async ValueTask DisposeAsync()
    {
        await _alarm.DisposeAsync().ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _ended.Dispose();
        _lost.Dispose();
    }

    private void GiveUp()
    {
        if (!_ended.IsCancellationRequested && !_operation.IsFinished)
        {
            _lost.Cancel();
        }
    }

    private async Task RenewAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_policy.Lease / 3, _time, _ended.Token).ConfigureAwait(false);
                var started = _time.GetTimestamp();
                if (!await TryRenewAsync().ConfigureAwait(false))
                {
                    GiveUp();
                    return;
                }

                var rest = (_policy.Lease * 2 / 3) - _time.GetElapsedTime(started);
                _alarm.Change(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // The next renewal may succeed before the alarm.
            }
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        var unit = await _units.BeginAsync(_ended.Token).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var change = OperationChange.Of(_operation.Claim, OperationState.Running, OperationState.Running, _policy.Lease);
            var stands = (await _store.ChangeAsync(unit, [change], _ended.Token).ConfigureAwait(false))[0];
            await unit.CommitAsync(_ended.Token).ConfigureAwait(false);
            return stands;
        }
    }
}
