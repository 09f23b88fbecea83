using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Handles the messages of one consumer, in a unit of work that also marks the message as done.</summary>
public interface IInboxHandler
{
    /// <summary>Whose messages it handles. One handler has each consumer.</summary>
    string Consumer { get; }

    /// <summary>
    /// Writes the effect of a message into the unit of work, and nothing outside of it. An exception rolls it back and has the
    /// message handled again later; <see cref="RetryLaterException"/> says when. The same attempt may be handled again, when what it
    /// wrote was rolled back with that of others.
    /// </summary>
    Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the effects of messages of different lanes into one unit of work. Override it where one statement can write them all.
    /// An exception rolls all of them back; then each half of them is handled by itself, down to the one that fails.
    /// </summary>
    async Task HandleManyAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        foreach (var delivery in deliveries)
        {
            await HandleAsync(unitOfWork, delivery, cancellationToken).ConfigureAwait(false);
        }
    }
}
