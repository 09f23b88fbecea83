namespace OrderKit.Core.Storage;

/// <summary>Keeps messages that could not pass.</summary>
public interface IQuarantineStore
{
    /// <summary>Keeps a message; <see langword="false"/> where it is kept already for the same reason.</summary>
    ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default);

    /// <summary>Writes down what was decided about a waiting message; <see langword="false"/> where it does not wait.</summary>
    /// <param name="unitOfWork">The unit in which it takes effect.</param>
    /// <param name="number">The row.</param>
    /// <param name="state">The decision.</param>
    /// <param name="operatorId">Who decided.</param>
    /// <param name="note">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<bool> DecideAsync(UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note, CancellationToken cancellationToken = default);

    /// <summary>Reads one message; <see langword="null"/> where there is none.</summary>
    ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default);

    /// <summary>Lists messages.</summary>
    ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default);
}
