namespace OrderKit.Core.Storage;

/// <summary>What still waits in the outbox for one destination.</summary>
/// <param name="Count">How many messages, counted up to 10,001.</param>
/// <param name="OldestAt">When the oldest was written.</param>
public sealed record OutboxBacklog(int Count, DateTimeOffset? OldestAt)
{
    /// <summary>How often the oldest was tried.</summary>
    public int OldestAttempts { get; init; }

    /// <summary>Whether the oldest can be taken: it is neither held by anybody, nor waiting for its next attempt.</summary>
    public bool OldestIsDue { get; init; }
}
