using OrderKit.Core;

namespace OrderKit.Specs.Tests;

/// <summary>A factory whose units can be broken.</summary>
internal sealed class BrokenUnits(IUnitOfWorkFactory inner) : IUnitOfWorkFactory
{
    public Func<IUnitOfWorkFactory, CancellationToken, Task<UnitOfWork>>? Begin { get; set; }

    public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) =>
        Begin is null ? inner.BeginAsync(cancellationToken) : new(Begin(inner, cancellationToken));
}

/// <summary>A unit whose end can be broken; the ports of a <see cref="BrokenStore"/> see the one inside.</summary>
internal sealed class BrokenUnit(UnitOfWork inner) : UnitOfWork
{
    public UnitOfWork Inner { get; set; } = inner;

    public bool SaysEnlisted { get; init; }

    public Func<BrokenUnit, Task>? Commit { get; init; }

    public Func<BrokenUnit, Task>? Dispose { get; init; }

    public bool IsCommitted { get; set; }

    public Action<Action>? AfterCommits { get; init; }

    public override bool IsEnlisted => SaysEnlisted;

    /// <summary>Whether it is committed by anybody.</summary>
    public bool IsNeverLent { get; init; }

    public override bool IsLent
    {
        get => Inner.IsLent;
        set => Inner.IsLent = value && !IsNeverLent;
    }

    public override void AfterCommit(Action act) => (AfterCommits ?? Inner.AfterCommit)(act);

    public override ValueTask CommitAsync(CancellationToken cancellationToken = default)
    {
        var wasCommitted = IsCommitted;
        IsCommitted = true;
        return Commit is null || wasCommitted ? Inner.CommitAsync(cancellationToken) : new(Commit(this));
    }

    public override ValueTask DisposeAsync() => Dispose is null ? Inner.DisposeAsync() : new(Dispose(this));
}
