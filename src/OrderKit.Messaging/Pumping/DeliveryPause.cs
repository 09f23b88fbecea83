namespace OrderKit.Messaging;

/// <summary>A destination or consumer that somebody lets rest.</summary>
/// <param name="Flow">On which way its messages are.</param>
/// <param name="Name">The destination or consumer.</param>
/// <param name="By">Who lets it rest.</param>
/// <param name="Since">Since when, by the store's clock.</param>
/// <param name="Reason">Why.</param>
public sealed record DeliveryPause(MessageFlow Flow, string Name, string By, DateTimeOffset Since, string? Reason);
