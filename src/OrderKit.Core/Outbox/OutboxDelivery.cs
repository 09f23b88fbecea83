namespace OrderKit.Core;

/// <summary>A message that was claimed for delivery.</summary>
/// <param name="Id">The number of the row.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">1 for the first delivery.</param>
/// <param name="Epoch">The fence of the claim: each later claim of the row has a higher epoch.</param>
public sealed record OutboxDelivery(long Id, OutboxMessage Message, int Attempt, long Epoch)
{
    /// <summary>When the message was written, by the store's clock.</summary>
    public DateTimeOffset WrittenAt { get; init; }

    /// <summary>The age of the message when it was claimed, by the store's clock.</summary>
    public TimeSpan Age { get; init; }
}
