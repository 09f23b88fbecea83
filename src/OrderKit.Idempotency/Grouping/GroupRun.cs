using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>One transaction that members share.</summary>
/// <typeparam name="TMember">The members.</typeparam>
public sealed class GroupRun<TMember>
    where TMember : GroupMember
{
    private readonly SlowScopes? _slow;
    private readonly Dictionary<object, IAsyncDisposable> _opened = [];

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

    /// <summary>Lets one member act by itself: a failure is only its own, and one that is slow is noted.</summary>
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
        var started = _slow?.Start() ?? 0;
        try
        {
            await act(member).ConfigureAwait(false);
        }
        finally
        {
            _slow?.Note(member.Scope, started);
        }

        Acting = null;
        return true;
    }
}
