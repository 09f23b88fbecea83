using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>A message between two systems.</summary>
/// <param name="MessageId">The same in every redelivery. With topic and tenant, it is the identity of the message.</param>
/// <param name="Topic">The topic to publish to.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Lane">
/// Messages of one topic, tenant and lane arrive in the order published. For messages about orders, the order's id.
/// </param>
/// <param name="Type">The kind of message.</param>
/// <param name="Body">Its bytes.</param>
public sealed record TransportMessage(
    string MessageId, string Topic, TenantId Tenant, string Lane, string Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>The longest message id, lane and type, in bytes of UTF-8.</summary>
    /// <remarks>A short string of AMQP has no more, and no index of a store less.</remarks>
    public const int MaxTextBytes = 255;

    /// <summary>Why no transport carries this message and no receiver accepts it. <see langword="null"/> if it is valid.</summary>
    public string? Fault =>
        string.IsNullOrEmpty(MessageId) ? "The message has no id. Without one a redelivery is not recognised."
        : string.IsNullOrEmpty(Topic) ? $"The message '{TransportText.Printable(MessageId)}' has no topic."
        : TransportText.Fault("message id", MessageId) ?? TransportText.Fault("lane", Lane) ?? TransportText.Fault("type", Type);

    /// <summary>Refuses a message that no transport carries.</summary>
    /// <exception cref="ArgumentException"><see cref="Fault"/> says why.</exception>
    public static void RequireCarriable(TransportMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Fault is { } fault)
        {
            throw new ArgumentException(fault, nameof(message));
        }
    }
}
