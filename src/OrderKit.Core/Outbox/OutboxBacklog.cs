namespace OrderKit.Core;

/// <summary>What still waits in the outbox for one destination.</summary>
/// <param name="Count">How many messages, counted up to 10,001.</param>
/// <param name="OldestAt">When the oldest was written.</param>
public sealed record OutboxBacklog(int Count, DateTimeOffset? OldestAt);
