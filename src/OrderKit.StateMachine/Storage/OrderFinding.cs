namespace OrderKit.StateMachine.Storage;

/// <summary>What a store found for an <see cref="OrderLookup"/>.</summary>
/// <param name="Order">The order; <see langword="null"/> where it does not exist.</param>
/// <param name="Earlier">The journal row that already holds a fact of that source and identity.</param>
/// <param name="RevokedIsKnown">Whether the same source told the fact that is revoked.</param>
public readonly record struct OrderFinding(StoredOrder? Order, EarlierFact? Earlier, bool RevokedIsKnown);
