using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>Guards, suspicions and decisions, in the caller's transaction.</summary>
/// <remarks>
/// Who guards a subject is decided by one conditional write, never by a read before it: of any number of orders that ask at the same
/// time one is told that the subject is free. What is written is undone with the transaction, guards included.
/// </remarks>
public interface IDuplicateOrderStore
{
    /// <summary>Asks for subjects, and guards those that are free: never seen, freed, or the window away from the latest order.</summary>
    /// <returns>For each guard <see langword="null"/> where the order guards the subject from now on, else who does.</returns>
    ValueTask<IReadOnlyList<GuardFinding?>> GuardAsync(UnitOfWork unitOfWork, IReadOnlyList<DuplicateGuard> guards, CancellationToken cancellationToken = default);

    /// <summary>Frees the subjects that an order guards under some rules; returns how many.</summary>
    ValueTask<int> ReleaseAsync(UnitOfWork unitOfWork, OrderKey order, IReadOnlyList<string> rules, CancellationToken cancellationToken = default);

    /// <summary>Stores suspicions with their messages. One that is stored already, for this order and rule, stays as it is.</summary>
    /// <returns>For each suspicion whether it is new; messages are written where one is.</returns>
    ValueTask<IReadOnlyList<bool>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<SuspectedDuplicate> suspicions, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default);

    /// <summary>The suspicions of an order, by rule.</summary>
    ValueTask<IReadOnlyList<SuspectedDuplicate>> LoadAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>The decisions about an order, in the order made.</summary>
    ValueTask<IReadOnlyList<DuplicateAct>> LoadActsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>Stores decisions about orders that are held, with their messages and a <see cref="DuplicateAct"/> each.</summary>
    /// <returns>For each decision whether the order was held until now; nothing is written where it was not.</returns>
    ValueTask<IReadOnlyList<bool>> DecideAsync(UnitOfWork unitOfWork, IReadOnlyList<DuplicateDecision> decisions, CancellationToken cancellationToken = default);
}
