using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>A fact that waits for its order: kept, never dropped.</summary>
/// <param name="Number">The number that it waits for; one of kind <see cref="ReferenceKind.Order"/> for an order that does not exist
/// yet.</param>
/// <param name="Fact">The fact.</param>
/// <param name="Reason">Why it waits.</param>
/// <param name="ParkedAt">Since when.</param>
public sealed record ParkedFact(OrderReference Number, OrderFact Fact, ParkReason Reason, DateTimeOffset ParkedAt);
