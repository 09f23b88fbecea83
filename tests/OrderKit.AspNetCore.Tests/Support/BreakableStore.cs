using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Eng;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.AspNetCore.Tests;

/// <summary>How a commit goes wrong.</summary>
public enum CommitFault
{
    None = 0,
    NothingIsCommitted = 1,
    AnswerIsLost = 2,
    AnswerIsLostAndNothingIsCommitted = 3,
}

/// <summary>The store's ports over a connection that breaks at a commit.</summary>
public sealed class BreakableStore
{
    private CommitFault _fault;
    private int _commitsBefore;

    /// <summary>Has one commit go wrong, after some that go well.</summary>
    public void Break(CommitFault fault, int after = 0) => (_fault, _commitsBefore) = (fault, after);

    public static BreakableStore Wrap(IServiceCollection services)
    {
        var store = new BreakableStore();
        Replace<IUnitOfWorkFactory>(services, inner => new Units(inner, store));
        Replace<IOperationStore>(services, inner => new OperationRows(inner));
        Replace<IOutboxStore>(services, inner => new OutboxRows(inner));
        return store;
    }

    private static void Replace<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var inner = services.Single(descriptor => descriptor.ServiceType == typeof(T));
        services.Replace(ServiceDescriptor.Singleton(provider => wrap((T)(inner.ImplementationFactory?.Invoke(provider) ?? throw new InvalidOperationException()))));
    }

    internal static UnitOfWork Inner(UnitOfWork unit) => unit is Unit breakable ? breakable.InnerUnit : unit;

    private async ValueTask CommitAsync(UnitOfWork inner)
    {
        if (_fault == CommitFault.None || _commitsBefore-- > 0)
        {
            await inner.CommitAsync();
            return;
        }

        var fault = _fault;
        _fault = CommitFault.None;
        if (fault == CommitFault.AnswerIsLost)
        {
            await inner.CommitAsync();
        }

        throw fault == CommitFault.NothingIsCommitted ? new IOException("The connection broke before the commit was sent.") : new CommitOutcomeUnknownException();
    }

    private sealed class Units(IUnitOfWorkFactory inner, BreakableStore store) : IUnitOfWorkFactory
    {
        public async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) => new Unit(await inner.BeginAsync(cancellationToken), store);
    }

    private sealed class Unit(UnitOfWork inner, BreakableStore store) : UnitOfWork
    {
        public UnitOfWork InnerUnit => inner;

        public override bool IsEnlisted => inner.IsEnlisted;

        public override bool IsLent
        {
            get => inner.IsLent;
            set => inner.IsLent = value;
        }

        public override void AfterCommit(Action act) => inner.AfterCommit(act);

        public override ValueTask CommitAsync(CancellationToken cancellationToken = default) => store.CommitAsync(inner);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class OperationRows(IOperationStore inner) : IOperationStore
    {
        public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
            inner.ClaimAsync(Inner(unitOfWork), requests, terms, cancellationToken);

        public ValueTask<IReadOnlyList<bool>> ChangeAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
            inner.ChangeAsync(Inner(unitOfWork), changes, cancellationToken);

        public ValueTask<IReadOnlyList<bool>> ReleaseAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
            inner.ReleaseAsync(Inner(unitOfWork), claims, cancellationToken);

        public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) => inner.FindAsync(key, cancellationToken);

        public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
            inner.ListInterruptedAsync(tenant, max, cancellationToken);

        public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) => inner.SweepAsync(max, cancellationToken);
    }

    private sealed class OutboxRows(IOutboxStore inner) : ForwardingOutboxStore(inner)
    {
        protected override UnitOfWork Unwrap(UnitOfWork unitOfWork) => BreakableStore.Inner(unitOfWork);
    }
}
