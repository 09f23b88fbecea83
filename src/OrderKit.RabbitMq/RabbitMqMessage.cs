using System.Text;
using OrderKit.Messaging;
using RabbitMQ.Client;

namespace OrderKit.RabbitMq;

/// <summary>Converts messages to and from the wire format.</summary>
internal static class RabbitMqMessage
{
    public const string TenantHeader = "orderkit-tenant";
    public const string LaneHeader = "orderkit-lane";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static BasicProperties PropertiesOf(TransportMessage message) => new()
    {
        MessageId = message.MessageId,
        Type = message.Type,
        ContentType = "application/octet-stream",
        DeliveryMode = DeliveryModes.Persistent,
        Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [TenantHeader] = Strict.GetBytes(message.Tenant.Value),
            [LaneHeader] = Strict.GetBytes(message.Lane),
        },
    };

    /// <summary>Reads a delivery. A field that cannot be read is missing. The body is copied: the client reuses its buffer.</summary>
    public static TransportDelivery Read(
        string topic, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, bool isRedelivered, RabbitMqTag tag) =>
        new(topic, body.ToArray(), tag)
        {
            MessageId = properties.IsMessageIdPresent() ? Text(properties.MessageId) : null,
            Type = properties.IsTypePresent() ? Text(properties.Type) : null,
            Tenant = Header(properties, TenantHeader),
            Lane = Header(properties, LaneHeader),
            IsRedelivered = isRedelivered,
        };

    // The client replaces invalid UTF-8 by U+FFFD, so that two different ids could become equal.
    private static string? Text(string? text) => text?.Contains('\uFFFD', StringComparison.Ordinal) == true ? null : text;

    private static string? Header(IReadOnlyBasicProperties properties, string name)
    {
        if (!properties.IsHeadersPresent() || properties.Headers is not { } headers || !headers.TryGetValue(name, out var value))
        {
            return null;
        }

        try
        {
            return value switch
            {
                byte[] bytes => Strict.GetString(bytes),
                string text => text,
                _ => null,
            };
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
