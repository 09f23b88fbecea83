namespace OrderKit.Messaging;

/// <summary>What still waits in the inbox for one consumer.</summary>
/// <param name="Count">How many messages, counted up to 10,001.</param>
/// <param name="OldestAt">When the oldest was accepted.</param>
public sealed record InboxBacklog(int Count, DateTimeOffset? OldestAt);
