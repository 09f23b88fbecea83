using OrderKit.Core;

namespace OrderKit.Messaging.Storage;

/// <summary>The messages that were given up, and what was done with them.</summary>
public interface IDeadLetterStore
{
    /// <summary>Writes letters in the unit of work that removes their messages. The store sets number, time and state.</summary>
    ValueTask AddAsync(UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default);

    /// <summary>Lists letters, the lowest number first.</summary>
    ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default);

    /// <summary>The letter of a number; <see langword="null"/> where there is none.</summary>
    ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default);

    /// <summary>Closes a letter in a unit of work and records who did it.</summary>
    /// <returns><see langword="false"/> if it was closed already. Then nothing is written.</returns>
    /// <param name="unitOfWork">The unit of work in which the message goes where it is to go.</param>
    /// <param name="number">The letter.</param>
    /// <param name="to">What becomes of it.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="note">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<bool> CloseAsync(
        UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note, CancellationToken cancellationToken = default);

    /// <summary>What was done with a letter, in the order done.</summary>
    ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default);
}
