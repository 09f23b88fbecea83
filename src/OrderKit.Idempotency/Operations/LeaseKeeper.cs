using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Renews the lease of an operation after each third of it, and cancels the worker when two thirds have passed without success.</summary>
/// <remarks>The last third is for what the worker has under way: it is told before another one may take over.</remarks>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly OperationClaim _claim;
    private readonly OperationPolicy _policy;
    private readonly IOperationStore _store;
    private readonly IUnitOfWorkFactory _units;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    public LeaseKeeper(OperationClaim claim, OperationPolicy policy, IOperationStore store, IUnitOfWorkFactory units, TimeProvider time, CancellationToken cancellationToken)
    {
        (_claim, _policy, _store, _units, _time) = (claim, policy, store, units, time);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _renewing = RenewAsync();
    }

    /// <summary>Cancelled when the caller cancels, or when the lease is lost or about to be.</summary>
    public CancellationToken Token => _lost.Token;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        var renewed = _time.GetTimestamp();
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_policy.Lease / 3, _time, _ended.Token).ConfigureAwait(false);
                var started = _time.GetTimestamp();
                if (!await TryRenewAsync().ConfigureAwait(false))
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                    return;
                }

                renewed = started;
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception) when (_time.GetElapsedTime(renewed) < _policy.Lease * 2 / 3)
            {
                // The store may answer again before the lease is over.
            }
            catch (Exception)
            {
                await _lost.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        var unit = await _units.BeginAsync(_ended.Token).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var change = OperationChange.Of(_claim, OperationState.Running, OperationState.Running, _policy.Lease);
            var stands = (await _store.ChangeAsync(unit, [change], CancellationToken.None).ConfigureAwait(false))[0];
            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return stands;
        }
    }
}
