namespace OrderKit.Messaging;

/// <summary>Another process took over the message while it was handled here. Roll back: the other process handles the message.</summary>
/// <param name="delivery">The delivery that lost its claim.</param>
public sealed class InboxFenceLostException(InboxDelivery delivery) : InvalidOperationException(
    $"The claim {delivery?.Epoch} on the message {delivery?.Message.MessageId} of '{delivery?.Message.Consumer}' is not valid any more: "
    + "its lease expired and another process took it over, or it is done. Roll back, and raise InboxPumpOptions.Lease above twice the time "
    + "of the slowest handler.")
{
    /// <summary>The delivery that lost its claim.</summary>
    public InboxDelivery? Delivery { get; } = delivery;
}
