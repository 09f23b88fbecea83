using System.Text;
using OrderKit.Core;
using OrderKit.Messaging;

namespace ErpIntegration.Payments;

/// <summary>What the payment provider says, after its signature was verified.</summary>
/// <param name="Order">The order that is paid.</param>
/// <param name="PaymentNumber">The provider's number of the payment.</param>
/// <param name="Amount">The amount.</param>
public sealed record PaymentCallback(OrderKey Order, string PaymentNumber, decimal Amount)
{
    /// <summary>The consumer of the inbox that handles payments.</summary>
    public const string Consumer = "payments";

    /// <summary>The message for the inbox. A callback that is delivered again is the same message.</summary>
    public InboxMessage ToMessage(string callbackId) => new(
        callbackId,
        Consumer,
        Order.Tenant,
        Order.Order.Value,
        "payment.v1",
        Encoding.UTF8.GetBytes(FormattableString.Invariant($"{PaymentNumber} {Amount}")));

    /// <summary>Reads a message.</summary>
    public static PaymentCallback From(InboxMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var parts = Encoding.UTF8.GetString(message.Body.Span).Split(' ');
        return new PaymentCallback(
            new OrderKey(message.Tenant, OrderId.Parse(message.Lane)),
            parts[0],
            decimal.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
