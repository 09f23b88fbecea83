namespace OrderKit.Messaging;

/// <summary>A message that was claimed for handling.</summary>
/// <param name="Id">The row's own number.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">1 for the first handling.</param>
/// <param name="Epoch">Fences the claim: a later claim of the same row has a higher one.</param>
public sealed record InboxDelivery(long Id, InboxMessage Message, int Attempt, long Epoch)
{
    /// <summary>When the message was accepted, by the store's clock.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>How long it had waited when it was claimed, by the store's clock.</summary>
    public TimeSpan Age { get; init; }
}
