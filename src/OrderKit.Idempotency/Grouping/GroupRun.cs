using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>One transaction that members share.</summary>
/// <typeparam name="TMember">The members.</typeparam>
public sealed class GroupRun<TMember>
    where TMember : GroupMember
{
    // For host code that was cancelled, so that it can stop.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly SlowScopes? _slow;
    private readonly Dictionary<object, IAsyncDisposable> _opened = [];

    // Host code that goes on although it was cancelled.
    private Task? _abandoned;

    internal GroupRun(IReadOnlyList<TMember> members, SlowScopes? slow)
    {
        Members = members;
        _slow = slow;
    }

    /// <summary>The transaction.</summary>
    public UnitOfWork UnitOfWork { get; internal set; } = null!;

    internal IReadOnlyList<TMember> Members { get; }

    /// <summary>The member that is acting by itself: what is thrown meanwhile is its own failure.</summary>
    internal TMember? Acting { get; private set; }

    /// <summary>Whether the transaction could begin.</summary>
    internal bool HasBegun { get; set; }

    /// <summary>Whether the claims are answered.</summary>
    internal bool HasClaimed { get; set; }

    /// <summary>Members skipped here; each is written in a transaction of its own.</summary>
    internal HashSet<TMember> Skipped { get; } = [];

    /// <summary>Whether a member keeps its claims when the transaction is committed.</summary>
    internal bool Keeps(TMember member) => member.KeepsClaims && !Skipped.Contains(member);

    /// <summary>Members that act again in another transaction.</summary>
    internal List<TMember> Again { get; set; } = [];

    /// <summary>What ended the transaction. Nothing of it was written then.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>Whether nothing of the transaction is kept.</summary>
    internal bool IsRolledBack { get; private set; }

    /// <summary>Rolls the transaction back once the act returns; all its members then act again in another one.</summary>
    /// <remarks>The act must see to it that it does not come to the same end again.</remarks>
    public void RollBack() => IsRolledBack = true;

    /// <summary>Opens the service of the host that the act uses: once in a transaction, and until the transaction has ended.</summary>
    public TService Open<TService>(ScopedService<TService> service)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(service);
        if (!_opened.TryGetValue(service, out var lease))
        {
            _opened.Add(service, lease = service.Open());
        }

        return ((ScopedService<TService>.Lease)lease).Service;
    }

    /// <summary>
    /// Disposes what was opened. What that throws fails the transaction; where it is committed, its members find their own claims.
    /// </summary>
    internal async ValueTask CloseAsync()
    {
        if (_abandoned is { } running)
        {
            // What it uses is disposed when it ends.
            _abandoned = null;
            _ = running.ContinueWith(
                late => (late.Exception, CloseAsync().AsTask()), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return;
        }

        foreach (var lease in _opened.Values)
        {
            try
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Failure ??= e;
            }
        }
    }

    /// <summary>Lets one member act by itself: a failure is only its own.</summary>
    /// <returns><see langword="false"/> where its kind is too slow to share a transaction; it is written alone afterwards.</returns>
    public async ValueTask<bool> ActAsync(TMember member, Func<TMember, ValueTask> act)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(act);
        if (_slow is not null && Members.Count > 1 && member.Claims.Any() && _slow.Contains(member.Scope))
        {
            Skipped.Add(member);
            return false;
        }

        Acting = member;
        await act(member).ConfigureAwait(false);
        Acting = null;
        return true;
    }

    /// <summary>Calls host code, which is cancelled after a limit, and given up if it does not stop then.</summary>
    /// <exception cref="TimeoutException">It did not return in time.</exception>
    internal async ValueTask<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call)
    {
        if (_slow is not { } timed)
        {
            return await call(CancellationToken.None).ConfigureAwait(false);
        }

        using var ending = new CancellationTokenSource();
        var started = timed.Time.GetTimestamp();
        Task<T>? running = null;
        try
        {
            var calling = call(ending.Token);
            if (calling.IsCompletedSuccessfully)
            {
                return calling.Result;
            }

            running = calling.AsTask();
            return await running.WaitAsync(timed.EffectTimeout, timed.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (running?.IsCompleted == false)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(Grace, timed.Time, CancellationToken.None)).ConfigureAwait(false);
            _abandoned = running;
            throw new TimeoutException(
                $"An effect did not return within {timed.EffectTimeout}. It was cancelled, and nothing of it is kept. "
                + "Pass its CancellationToken to everything that it awaits.",
                e);
        }
        finally
        {
            if (Acting is { } member && Members.Count > 1)
            {
                timed.Note(member.Scope, started);
            }
        }
    }
}
