using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging.Storage;

/// <summary>The inbox, judged by the store's clock. A call without a unit of work is a transaction of its own.</summary>
/// <remarks>
/// A message is pending, done or set aside (as a dead letter). In each of these states its identity is kept, so that a redelivery is
/// recognised; what is done keeps no body and is swept when its time is over.
/// </remarks>
public interface IInboxStore
{
    /// <summary>Told after each commit of this process that wrote messages; not of a host's own, nor of other processes'.</summary>
    WakeUp Received { get; }

    /// <summary>Writes messages that the inbox has not, in a unit of work; they can be claimed once it is committed.</summary>
    /// <returns>One receipt for each message, in their order.</returns>
    ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default);

    /// <summary>Leases the due head of up to <paramref name="max"/> lanes that nobody else holds.</summary>
    ValueTask<IReadOnlyList<InboxDelivery>> ClaimAsync(string consumer, int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Marks messages as done in the unit of work of their effects, and drops their bodies. Until that unit ends nobody takes them over.</summary>
    /// <param name="unitOfWork">The unit in which the effects are written, before or afterwards.</param>
    /// <param name="deliveries">The claims.</param>
    /// <param name="retention">For how long a redelivery is still recognised.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InboxFenceLostException">One of the claims no longer stands; the unit of work must be rolled back.</exception>
    ValueTask CompleteAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default);

    /// <summary>Gives a message back to be handled after a pause; <see langword="false"/> where the claim no longer stands.</summary>
    ValueTask<bool> RetryAsync(InboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sets a claimed message aside in the unit of work that keeps it elsewhere, and drops its body; its lane goes on.
    /// <see langword="false"/>, and nothing done, where the claim no longer stands.
    /// </summary>
    ValueTask<bool> SetAsideAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken = default);

    /// <summary>
    /// Brings back a message that was set aside, at the end of its lane; <see langword="false"/>, and nothing done, where it is
    /// pending or done.
    /// </summary>
    ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default);

    /// <summary>Makes a message that was set aside done, so that its identity is one day swept; <see langword="false"/> where it is not set aside.</summary>
    ValueTask<bool> SettleAsync(UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default);

    /// <summary>Deletes up to <paramref name="max"/> messages that are done and whose retention is over; returns how many.</summary>
    ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default);

    /// <summary>How many messages are pending, and since when the oldest is.</summary>
    ValueTask<InboxBacklog> BacklogAsync(string consumer, CancellationToken cancellationToken = default);
}
