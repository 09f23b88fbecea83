using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Dead letters that write a notice, in the same unit of work, for each letter that is none of an alert.</summary>
internal sealed class AlertingDeadLetterStore(IDeadLetterStore inner, IOutboxStore outbox) : IDeadLetterStore
{
    public async ValueTask AddAsync(UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        await inner.AddAsync(unitOfWork, letters, cancellationToken).ConfigureAwait(false);
        List<OutboxMessage>? notices = null;
        foreach (var letter in letters)
        {
            if (letter.Flow == MessageFlow.Outbox && AlertNotice.IsOfAlerts(letter.Name))
            {
                continue;
            }

            // The type of the error and never its text, which may quote what was in the message.
            var way = letter.Flow == MessageFlow.Outbox ? "outbox" : "inbox";
            (notices ??= []).Add(new AlertNotice(letter.Tenant, AlertKinds.DeadLetter, $"{way} {letter.Name}", AlertingStores.Named(letter.ErrorClass), AlertingStores.Named(letter.MessageId)).ToMessage());
        }

        if (notices is not null)
        {
            await outbox.AppendAsync(unitOfWork, notices, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);

    public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) => inner.FindAsync(number, cancellationToken);

    public ValueTask<bool> CloseAsync(
        UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note, CancellationToken cancellationToken = default) =>
        inner.CloseAsync(unitOfWork, number, to, by, note, cancellationToken);

    public ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) => inner.ActsAsync(number, cancellationToken);
}
