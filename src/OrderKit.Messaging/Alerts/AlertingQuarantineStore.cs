using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging;

/// <summary>A quarantine that writes a notice, in the same unit of work, for each message that it did not have yet.</summary>
internal sealed class AlertingQuarantineStore(IQuarantineStore inner, IOutboxStore outbox) : IQuarantineStore
{
    public async ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default)
    {
        var isNew = await inner.AddAsync(unitOfWork, message, cancellationToken).ConfigureAwait(false);
        if (isNew)
        {
            var notice = new AlertNotice(
                message.Tenant, AlertKinds.Quarantine, AlertingStores.Named(message.Source), AlertingStores.Named(message.Reason), AlertingStores.Named(message.MessageId));
            await outbox.AppendAsync(unitOfWork, [notice.ToMessage()], cancellationToken).ConfigureAwait(false);
        }

        return isNew;
    }

    public ValueTask<bool> DecideAsync(
        UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note, CancellationToken cancellationToken = default) =>
        inner.DecideAsync(unitOfWork, number, state, operatorId, note, cancellationToken);

    public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) => inner.FindAsync(number, cancellationToken);

    public ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);
}
