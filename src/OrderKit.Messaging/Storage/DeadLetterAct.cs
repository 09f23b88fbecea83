namespace OrderKit.Messaging.Storage;

/// <summary>What somebody did with a dead letter.</summary>
/// <param name="Letter">The letter's number.</param>
/// <param name="To">What became of it.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When, by the store's clock.</param>
/// <param name="Note">Why.</param>
public sealed record DeadLetterAct(long Letter, DeadLetterState To, string By, DateTimeOffset At, string? Note);
