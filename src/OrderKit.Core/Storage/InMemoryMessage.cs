namespace OrderKit.Core.Storage;

/// <summary>A row of an <see cref="InMemoryLaneStore{TDelivery}"/>.</summary>
public sealed class InMemoryMessage<TDelivery>
    where TDelivery : MessageDelivery
{
    private TDelivery _delivery;

    /// <summary>Makes a row.</summary>
    public InMemoryMessage(TDelivery delivery) => _delivery = delivery ?? throw new ArgumentNullException(nameof(delivery));

    /// <summary>The row's own number.</summary>
    public long Id => _delivery.Id;

    /// <summary>The message, with the attempts that it has used and the epoch of its last claim.</summary>
    public MessageDelivery Delivery
    {
        get => _delivery;
        set => _delivery = (TDelivery)value;
    }

    /// <summary>From when the row may be claimed: while it is held, the end of the lease.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Whether it is claimed; a claim that lapsed counts until the row is claimed again.</summary>
    public bool IsHeld { get; set; }
}
