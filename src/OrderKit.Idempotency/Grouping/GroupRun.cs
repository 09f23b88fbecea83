using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>One transaction that members share.</summary>
/// <typeparam name="TMember">The members.</typeparam>
public sealed class GroupRun<TMember>
    where TMember : GroupMember
{
    // For host code that was cancelled, so that it can stop.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _effectTimeout;
    private readonly TimeProvider _time;
    private (object Service, IAsyncDisposable Scope)? _host;

    // Host code that goes on although it was cancelled.
    private Task? _abandoned;

    internal GroupRun(IReadOnlyList<TMember> members, TimeSpan effectTimeout, TimeProvider time) =>
        (Members, _effectTimeout, _time) = (members, effectTimeout, time);

    /// <summary>The transaction.</summary>
    public UnitOfWork UnitOfWork { get; internal set; } = null!;

    internal IReadOnlyList<TMember> Members { get; }

    /// <summary>The member that is acting by itself: what is thrown meanwhile is its own failure.</summary>
    internal TMember? Acting { get; set; }

    /// <summary>How long the host's code took for the member that acts; <see langword="null"/> where it was not called.</summary>
    internal TimeSpan? EffectTime { get; set; }

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

        try
        {
            if (_host is { } opened)
            {
                await opened.Scope.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Failure ??= e;
        }
    }

    /// <summary>
    /// Calls the service of the host that the act uses, as <see cref="CallAsync{T}"/> does. It is opened once in a transaction, and until
    /// the transaction has ended.
    /// </summary>
    internal async ValueTask<T> CallAsync<TService, T>(ScopedService<TService> host, Func<TService, CancellationToken, ValueTask<T>> call)
        where TService : class
    {
        if (_host is not { } opened)
        {
            var lease = host.Open();
            _host = opened = (lease.Service, lease);
        }

        return await CallAsync(token => call((TService)opened.Service, token)).ConfigureAwait(false);
    }

    /// <summary>Calls host code, which is cancelled after a limit, and given up if it does not stop then.</summary>
    /// <exception cref="TimeoutException">It did not return in time.</exception>
    internal async ValueTask<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call)
    {
        using var ending = new CancellationTokenSource();
        var started = _time.GetTimestamp();
        Task<T>? running = null;
        try
        {
            var calling = call(ending.Token);
            if (calling.IsCompletedSuccessfully)
            {
                return calling.Result;
            }

            running = calling.AsTask();
            return await running.WaitAsync(_effectTimeout, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (running?.IsCompleted == false)
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(Grace, _time, CancellationToken.None)).ConfigureAwait(false);
            _abandoned = running;
            throw new TimeoutException(
                $"An effect did not return within {_effectTimeout}. It was cancelled, and nothing of it is kept. "
                + "Pass its CancellationToken to everything that it awaits.",
                e);
        }
        finally
        {
            EffectTime = _time.GetElapsedTime(started);
        }
    }
}
