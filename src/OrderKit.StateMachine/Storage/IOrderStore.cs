using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>The writing side of orders. Every call belongs to a unit of work, is set-shaped, and cannot abort it.</summary>
public interface IOrderStore
{
    /// <summary>Finds the orders that numbers are linked to; one list per number, empty where it is unknown.</summary>
    ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default);

    /// <summary>Loads orders and looks up earlier facts; one finding per lookup.</summary>
    ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default);

    /// <summary>Writes changes, each by compare-and-swap on its expected version, each whole or not at all.</summary>
    /// <returns>For each change the order's number, or 0 where another writer was first and nothing of it was written.</returns>
    ValueTask<IReadOnlyList<long>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default);

    /// <summary>Parks facts, each (number, source, identity) once. Excludes a concurrent linking of the same number.</summary>
    ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default);

    /// <summary>Removes and returns parked facts, oldest first. Excludes a concurrent parking of the same number.</summary>
    ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default);

    /// <summary>Erases the personal parts of an order's journal; the rows and their digests stay. Returns how many were erased.</summary>
    ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default);
}
