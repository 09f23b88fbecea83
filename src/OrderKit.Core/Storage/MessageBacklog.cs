namespace OrderKit.Core.Storage;

/// <summary>What waits in the outbox for one destination, or in the inbox for one consumer.</summary>
/// <param name="Count">How many messages, counted up to 10,001.</param>
/// <param name="OldestAt">When the oldest was written or accepted.</param>
public sealed record MessageBacklog(int Count, DateTimeOffset? OldestAt)
{
    /// <summary>The number at which counting ends.</summary>
    public const int CountLimit = 10_001;

    /// <summary>How many attempts the oldest has used.</summary>
    public int OldestAttempts { get; init; }

    /// <summary>Whether the oldest can be claimed: nobody holds it, and it does not wait for its next attempt.</summary>
    public bool OldestIsDue { get; init; }
}
