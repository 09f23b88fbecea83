using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Simulation.Tests;

internal sealed class CrashingOrderStore(IOrderStore inner, Crashes crashes) : IOrderStore
{
    public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.ResolveAsync(unitOfWork, numbers, cancellationToken));

    public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.LoadAsync(unitOfWork, lookups, cancellationToken));

    public ValueTask<IReadOnlyList<long>> SaveAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.SaveAsync(unitOfWork, changes, cancellationToken));

    public async ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default)
    {
        crashes.Point();
        await inner.ParkAsync(unitOfWork, facts, cancellationToken);
        crashes.Point();
    }

    public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.TakeParkedAsync(unitOfWork, numbers, cancellationToken));

    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        inner.EraseDetailsAsync(unitOfWork, order, cancellationToken);
}
