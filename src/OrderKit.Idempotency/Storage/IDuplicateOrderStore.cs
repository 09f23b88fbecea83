using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>Stores guards, suspicions and decisions in the caller's transaction.</summary>
/// <remarks>
/// One conditional write decides who guards a subject, never a read before it: of any number of concurrent orders, exactly one gets a free
/// subject. A rollback of the transaction undoes everything, guards included.
/// </remarks>
public interface IDuplicateOrderStore
{
    /// <summary>Guards the subjects that are free: never seen, freed, or outside the window of the latest order.</summary>
    /// <returns>
    /// For each guard, <see langword="null"/> if the order now guards the subject, otherwise the order that already does.
    /// </returns>
    ValueTask<IReadOnlyList<GuardFinding?>> GuardAsync(
        UnitOfWork unitOfWork, IReadOnlyList<DuplicateGuard> guards, CancellationToken cancellationToken = default);

    /// <summary>Frees the subjects that an order guards under the given rules and returns their number.</summary>
    ValueTask<int> ReleaseAsync(
        UnitOfWork unitOfWork, OrderKey order, IReadOnlyList<string> rules, CancellationToken cancellationToken = default);

    /// <summary>Stores suspicions with their messages. An existing row for the same order and rule is left unchanged.</summary>
    /// <returns>For each suspicion, whether it is new. Messages are written if at least one is new.</returns>
    ValueTask<IReadOnlyList<bool>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<SuspectedDuplicate> suspicions, IReadOnlyList<OutboxMessage> messages,
        CancellationToken cancellationToken = default);

    /// <summary>Loads the suspicions of an order, sorted by rule.</summary>
    ValueTask<IReadOnlyList<SuspectedDuplicate>> LoadAsync(
        UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>Loads the decisions about an order, oldest first.</summary>
    ValueTask<IReadOnlyList<DuplicateAct>> LoadActsAsync(
        UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>Stores decisions about held orders, with their messages and one <see cref="DuplicateAct"/> each.</summary>
    /// <returns>For each decision, whether the order was held until now. If it was not, nothing is written for it.</returns>
    ValueTask<IReadOnlyList<bool>> DecideAsync(
        UnitOfWork unitOfWork, IReadOnlyList<DuplicateDecision> decisions, CancellationToken cancellationToken = default);
}
