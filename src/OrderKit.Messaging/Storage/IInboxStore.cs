using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging.Storage;

/// <summary>The inbox: messages from outside, each kept once.</summary>
/// <remarks>
/// A message is pending, done or set aside (as a dead letter, by <see cref="ILaneStore{TDelivery}.RemoveAsync"/>). Its identity is kept in
/// each of these states, so that a redelivery is recognised. A message that is done keeps no body and is deleted after its retention.
/// </remarks>
public interface IInboxStore : ILaneStore<InboxDelivery>
{
    /// <summary>Writes messages that the inbox does not have, in a unit of work; they can be claimed once it is committed.</summary>
    /// <returns>One receipt for each message, in their order.</returns>
    ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default);

    /// <summary>Marks messages as done in the unit of work of their effects and removes their bodies. The rows stay locked.</summary>
    /// <param name="unitOfWork">The unit in which the effects are written, before or afterwards.</param>
    /// <param name="deliveries">The claims.</param>
    /// <param name="retention">For how long a redelivery is still recognised.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InboxFenceLostException">One of the claims no longer stands; the unit of work must be rolled back.</exception>
    ValueTask CompleteAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default);

    /// <summary>
    /// Brings back a message that was set aside, at the end of its lane. Returns <see langword="false"/>, and writes nothing, if it is
    /// pending or done.
    /// </summary>
    ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Marks a message that was set aside as done, so that its identity is deleted after the retention. Returns
    /// <see langword="false"/> if it is not set aside.
    /// </summary>
    ValueTask<bool> SettleAsync(
        UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default);

    /// <summary>Deletes up to <paramref name="max"/> messages that are done and whose retention is over; returns how many.</summary>
    ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default);
}
