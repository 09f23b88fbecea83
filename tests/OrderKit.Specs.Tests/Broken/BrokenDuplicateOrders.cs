using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>An <see cref="IDuplicateOrderStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenDuplicateOrders(IDuplicateOrderStore inner) : IDuplicateOrderStore
{
    public Func<IDuplicateOrderStore, UnitOfWork, IReadOnlyList<DuplicateGuard>, Task<IReadOnlyList<GuardFinding?>>>? Guard { get; set; }

    public Func<IDuplicateOrderStore, UnitOfWork, OrderKey, IReadOnlyList<string>, Task<int>>? Release { get; set; }

    public Func<IDuplicateOrderStore, UnitOfWork, IReadOnlyList<SuspectedDuplicate>, IReadOnlyList<OutboxMessage>, Task<IReadOnlyList<bool>>>? Save { get; set; }

    public Func<IDuplicateOrderStore, UnitOfWork, IReadOnlyList<DuplicateDecision>, Task<IReadOnlyList<bool>>>? Decide { get; set; }

    public ValueTask<IReadOnlyList<GuardFinding?>> GuardAsync(UnitOfWork unitOfWork, IReadOnlyList<DuplicateGuard> guards, CancellationToken cancellationToken = default) =>
        Guard is null ? inner.GuardAsync(unitOfWork, guards, cancellationToken) : new(Guard(inner, unitOfWork, guards));

    public ValueTask<int> ReleaseAsync(UnitOfWork unitOfWork, OrderKey order, IReadOnlyList<string> rules, CancellationToken cancellationToken = default) =>
        Release is null ? inner.ReleaseAsync(unitOfWork, order, rules, cancellationToken) : new(Release(inner, unitOfWork, order, rules));

    public ValueTask<IReadOnlyList<bool>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<SuspectedDuplicate> suspicions, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default) =>
        Save is null ? inner.SaveAsync(unitOfWork, suspicions, messages, cancellationToken) : new(Save(inner, unitOfWork, suspicions, messages));

    public ValueTask<IReadOnlyList<SuspectedDuplicate>> LoadAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        inner.LoadAsync(unitOfWork, order, cancellationToken);

    public ValueTask<IReadOnlyList<DuplicateAct>> LoadActsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        inner.LoadActsAsync(unitOfWork, order, cancellationToken);

    public ValueTask<IReadOnlyList<bool>> DecideAsync(UnitOfWork unitOfWork, IReadOnlyList<DuplicateDecision> decisions, CancellationToken cancellationToken = default) =>
        Decide is null ? inner.DecideAsync(unitOfWork, decisions, cancellationToken) : new(Decide(inner, unitOfWork, decisions));
}

/// <summary>An <see cref="IDuplicateOrderQueryStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenDuplicateOrderQueries(IDuplicateOrderQueryStore inner) : IDuplicateOrderQueryStore
{
    public Func<IDuplicateOrderQueryStore, DuplicateOrderQuery, Task<Page<SuspectedDuplicate>>>? Query { get; set; }

    public Func<IDuplicateOrderQueryStore, int, Task<IReadOnlyList<SuspectedDuplicate>>>? Due { get; set; }

    public Func<IDuplicateOrderQueryStore, OrderKey, Task<IReadOnlyList<DuplicateAct>>>? ReadActs { get; set; }

    public ValueTask<Page<SuspectedDuplicate>> QueryAsync(DuplicateOrderQuery query, CancellationToken cancellationToken = default) =>
        Query is null ? inner.QueryAsync(query, cancellationToken) : new(Query(inner, query));

    public ValueTask<IReadOnlyList<SuspectedDuplicate>> DueAsync(int max, CancellationToken cancellationToken = default) =>
        Due is null ? inner.DueAsync(max, cancellationToken) : new(Due(inner, max));

    public ValueTask<IReadOnlyList<DuplicateAct>> ReadActsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        ReadActs is null ? inner.ReadActsAsync(order, cancellationToken) : new(ReadActs(inner, order));
}
