namespace OrderKit.StateMachine.Storage;

/// <summary>The journal row of a fact that came before.</summary>
/// <param name="Version">The row.</param>
/// <param name="Trigger">Its trigger.</param>
/// <param name="Amount">Its amount.</param>
/// <param name="Quantity">Its quantity.</param>
/// <param name="Currency">The currency of its amount.</param>
public sealed record EarlierFact(long Version, string Trigger, long? Amount, long? Quantity, string? Currency = null);
