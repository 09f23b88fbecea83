using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>What a store is asked for before a fact is decided.</summary>
/// <param name="Order">The order.</param>
/// <param name="Source">The fact's source.</param>
/// <param name="FactId">The fact's identity.</param>
/// <param name="Revokes">The identity of the fact that it revokes.</param>
public readonly record struct OrderLookup(OrderKey Order, string Source, string FactId, string? Revokes);
