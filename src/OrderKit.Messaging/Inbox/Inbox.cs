using OrderKit.Core;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Accepts messages: each identity once, however often it is delivered.</summary>
public sealed class Inbox
{
    private const int SweepBatch = 1_000;

    private readonly IInboxStore _store;
    private readonly IUnitOfWorkFactory _units;

    /// <summary>Creates the service. Hosts with a container resolve it.</summary>
    public Inbox(IInboxStore store, IUnitOfWorkFactory units)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _units = units ?? throw new ArgumentNullException(nameof(units));
    }

    /// <summary>Accepts messages in a transaction of its own. When it returns, they are stored and can be acknowledged.</summary>
    /// <returns>One receipt for each message, in their order.</returns>
    public async Task<IReadOnlyList<InboxReceipt>> AcceptAsync(
        IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default)
    {
        Check(messages);
        if (messages.Count == 0)
        {
            return [];
        }

        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var receipts = await _store.AcceptAsync(unit, messages, cancellationToken).ConfigureAwait(false);
            await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
            return receipts;
        }
    }

    /// <summary>Accepts messages in the caller's unit of work. Acknowledge them only after its commit.</summary>
    /// <returns>One receipt for each message, in their order.</returns>
    public async Task<IReadOnlyList<InboxReceipt>> AcceptAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(unitOfWork);
        Check(messages);
        return messages.Count == 0 ? [] : await _store.AcceptAsync(unitOfWork, messages, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes messages that are done and whose retention is over, at most 1,000 in one transaction.</summary>
    /// <returns>How many.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken = default)
    {
        var total = 0;
        while (true)
        {
            var swept = await _store.SweepAsync(SweepBatch, cancellationToken).ConfigureAwait(false);
            total += swept;
            if (swept < SweepBatch)
            {
                return total;
            }
        }
    }

    private static void Check(IReadOnlyList<InboxMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages)
        {
            ArgumentNullException.ThrowIfNull(message, nameof(messages));
            if (string.IsNullOrEmpty(message.MessageId) || string.IsNullOrEmpty(message.Consumer))
            {
                throw new ArgumentException(
                    $"A message of type '{message.Type}' has no {(string.IsNullOrEmpty(message.Consumer) ? "consumer" : "id")}. "
                    + "Both are needed to recognise a redelivery.",
                    nameof(messages));
            }

            if (message.HeadStart < TimeSpan.Zero || message.HeadStart > InboxMessage.LongestHeadStart)
            {
                throw new ArgumentException(
                    $"The message {message.MessageId} has a head start of {message.HeadStart}; it must be between zero and "
                    + $"{InboxMessage.LongestHeadStart}.",
                    nameof(messages));
            }
        }
    }
}
