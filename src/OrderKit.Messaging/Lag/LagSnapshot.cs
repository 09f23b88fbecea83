namespace OrderKit.Messaging;

/// <summary>What waits for a destination or consumer, and how it keeps up.</summary>
/// <param name="Flow">On which way its messages are.</param>
/// <param name="Name">The destination or consumer.</param>
/// <param name="Pending">How many messages wait, counted up to 10,001.</param>
/// <param name="OldestAge">For how long the oldest has waited; <see langword="null"/> where none waits.</param>
/// <param name="Verdict">How it keeps up.</param>
public sealed record LagSnapshot(MessageFlow Flow, string Name, int Pending, TimeSpan? OldestAge, LagVerdict Verdict);
