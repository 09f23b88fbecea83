using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Handles the messages of one consumer, in a unit of work that also marks the message as done.</summary>
public interface IInboxHandler
{
    /// <summary>Whose messages it handles. One handler has each consumer.</summary>
    string Consumer { get; }

    /// <summary>
    /// Writes the effect of a message into the unit of work, and nothing outside of it. An exception rolls it back and has the
    /// message handled again later; <see cref="RetryLaterException"/> says when.
    /// </summary>
    Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken);
}
