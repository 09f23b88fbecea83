namespace OrderKit.Messaging;

/// <summary>Carries messages between systems: at least once, and in order for one lane.</summary>
/// <remarks>
/// Safe for several threads. Topics are declared when a transport is set up, so that a misspelt one fails. A transport that cannot
/// reach its broker connects again by itself.
/// </remarks>
public interface ITransport
{
    /// <summary>
    /// Publishes a message, and returns once the broker has taken responsibility for it. Several calls may be in flight; the order
    /// of a lane is that of calls which waited for each other.
    /// </summary>
    /// <exception cref="ArgumentException">No transport carries the message: see <see cref="TransportMessage.Fault"/>.</exception>
    /// <exception cref="UnroutableMessageException">No receiver would get it.</exception>
    /// <exception cref="TransportUnavailableException">
    /// The broker is unreachable, full, or did not answer in time. It may have the message: publish it again under the same id.
    /// </exception>
    Task PublishAsync(TransportMessage message, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to a topic. Of several subscriptions in any process, one at a time gets the messages of a lane.</summary>
    /// <exception cref="UnroutableMessageException">The topic was not declared.</exception>
    ValueTask<ITransportSubscription> SubscribeAsync(string topic, CancellationToken cancellationToken = default);
}
