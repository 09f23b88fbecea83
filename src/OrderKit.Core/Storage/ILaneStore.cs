namespace OrderKit.Core.Storage;

/// <summary>Messages in lanes, judged by the store's clock: what the outbox and the inbox have in common.</summary>
/// <remarks>
/// A lane is named by destination or consumer, tenant and lane text. Only its head is claimed: the message that is held, otherwise the one
/// with the lowest number. A call without a unit of work is a transaction of its own.
/// </remarks>
public interface ILaneStore<TDelivery>
    where TDelivery : MessageDelivery
{
    /// <summary>
    /// Set after each commit of this process that wrote messages. Commits of the host and of other processes do not set it.
    /// </summary>
    WakeUp Written { get; }

    /// <summary>Leases the due heads of up to <paramref name="max"/> lanes. This uses none of their attempts.</summary>
    ValueTask<IReadOnlyList<TDelivery>> ClaimAsync(string name, int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>
    /// Counts the attempt of a claimed message before it is handed over, so that it counts even if the process dies. Returns
    /// <see langword="false"/> if the claim no longer stands.
    /// </summary>
    ValueTask<bool> StartAsync(TDelivery delivery, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a message that failed back, to be claimed again after a delay, and counts its attempt. Returns <see langword="false"/> if the
    /// claim no longer stands.
    /// </summary>
    ValueTask<bool> RetryAsync(TDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default);

    /// <summary>Gives messages that were not handed over back. They are due at once, and no attempt is counted.</summary>
    ValueTask ReleaseAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a claimed message out of its lane, in the unit of work that keeps it elsewhere; the lane goes on. Returns
    /// <see langword="false"/>, and writes nothing, if the claim no longer stands.
    /// </summary>
    ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, TDelivery delivery, CancellationToken cancellationToken = default);

    /// <summary>Counts the messages that wait, and finds the oldest.</summary>
    ValueTask<MessageBacklog> BacklogAsync(string name, CancellationToken cancellationToken = default);
}
