namespace OrderKit.Core;

/// <summary>A message that was claimed for delivery.</summary>
/// <param name="Id">The row's own number.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">1 for the first delivery.</param>
/// <param name="Epoch">Fences the claim: a later claim of the same row has a higher one.</param>
public sealed record OutboxDelivery(long Id, OutboxMessage Message, int Attempt, long Epoch)
{
    /// <summary>When the message was written, by the store's clock.</summary>
    public DateTimeOffset WrittenAt { get; init; }

    /// <summary>How long it had waited when it was claimed, by the store's clock.</summary>
    public TimeSpan Age { get; init; }
}
