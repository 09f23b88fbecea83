namespace OrderKit.Messaging;

/// <summary>What waited for a destination or consumer at one instant.</summary>
/// <param name="At">When it was looked at.</param>
/// <param name="Pending">How many messages waited, counted up to 10,001.</param>
/// <param name="OldestAt">When the oldest of them was written; <see langword="null"/> where none waited.</param>
/// <param name="OldestAttempts">How often the oldest had been tried.</param>
/// <param name="OldestIsDue">Whether the oldest could be taken: it was neither held by anybody, nor waiting for its next attempt.</param>
public readonly record struct LagSample(DateTimeOffset At, int Pending, DateTimeOffset? OldestAt, int OldestAttempts, bool OldestIsDue);
