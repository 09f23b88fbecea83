namespace OrderKit.Messaging.Storage;

/// <summary>What still waits in the inbox for one consumer.</summary>
/// <param name="Count">How many messages, counted up to 10,001.</param>
/// <param name="OldestAt">When the oldest was accepted.</param>
public sealed record InboxBacklog(int Count, DateTimeOffset? OldestAt)
{
    /// <summary>How often the oldest was tried.</summary>
    public int OldestAttempts { get; init; }

    /// <summary>Whether the oldest can be taken: it is neither held by anybody, nor waiting for its next attempt.</summary>
    public bool OldestIsDue { get; init; }
}
