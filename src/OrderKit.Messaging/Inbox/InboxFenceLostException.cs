namespace OrderKit.Messaging;

/// <summary>Another consumer took a message over while it was handled here. The unit of work must be rolled back: the other one does what it would do.</summary>
public sealed class InboxFenceLostException : InvalidOperationException
{
    /// <summary>Names the delivery that lost its claim.</summary>
    public InboxFenceLostException(InboxDelivery delivery)
        : base($"The claim {delivery?.Epoch} on the message {delivery?.Message.MessageId} of '{delivery?.Message.Consumer}' no longer stands: its lease lapsed and another consumer took it over, or it was done before. Roll back, and raise InboxPumpOptions.Lease above twice the time of the slowest handler.") =>
        Delivery = delivery;

    /// <summary>Makes the exception with a message.</summary>
    public InboxFenceLostException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception around another one.</summary>
    public InboxFenceLostException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The delivery that lost its claim.</summary>
    public InboxDelivery? Delivery { get; }
}
