namespace OrderKit.Core.Storage;

/// <summary>Stores messages that could not be accepted.</summary>
public interface IQuarantineStore
{
    /// <summary>Stores a message. Returns <see langword="false"/> if it is stored with the same reason already.</summary>
    ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default);

    /// <summary>Records the decision about a waiting message. Returns <see langword="false"/> if it does not wait.</summary>
    /// <param name="unitOfWork">The transaction of the decision.</param>
    /// <param name="number">The row.</param>
    /// <param name="state">The decision.</param>
    /// <param name="operatorId">Who decided.</param>
    /// <param name="note">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<bool> DecideAsync(
        UnitOfWork unitOfWork,
        long number,
        QuarantineState state,
        string operatorId,
        string note,
        CancellationToken cancellationToken = default);

    /// <summary>Reads one message; <see langword="null"/> if there is none.</summary>
    ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default);

    /// <summary>Lists messages.</summary>
    ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default);
}
