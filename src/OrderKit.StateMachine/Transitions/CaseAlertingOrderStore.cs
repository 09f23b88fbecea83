using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>An order store that writes a notice, in the same unit of work, for each case that it opens.</summary>
internal sealed class CaseAlertingOrderStore(IOrderStore inner, IOutboxStore outbox) : IOrderStore
{
    public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) => inner.ResolveAsync(unitOfWork, numbers, cancellationToken);

    public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) => inner.LoadAsync(unitOfWork, lookups, cancellationToken);

    public async ValueTask<IReadOnlyList<long>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default)
    {
        var saved = await inner.SaveAsync(unitOfWork, changes, cancellationToken).ConfigureAwait(false);
        List<OutboxMessage>? notices = null;
        for (var i = 0; i < changes.Count; i++)
        {
            if (saved[i] == 0)
            {
                continue;
            }

            foreach (var opened in changes[i].Cases)
            {
                if (opened.ClosedAt is null)
                {
                    // The reason's sentence stays with the case: its words are the host's own.
                    (notices ??= []).Add(new AlertNotice(opened.Order.Tenant, AlertKinds.Case, opened.Owner, opened.Code, opened.Order.Order.Value).ToMessage());
                }
            }
        }

        if (notices is not null)
        {
            await outbox.AppendAsync(unitOfWork, notices, cancellationToken).ConfigureAwait(false);
        }

        return saved;
    }

    public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default) =>
        inner.ParkAsync(unitOfWork, facts, cancellationToken);

    public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) => inner.TakeParkedAsync(unitOfWork, numbers, cancellationToken);

    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        inner.EraseDetailsAsync(unitOfWork, order, cancellationToken);
}
