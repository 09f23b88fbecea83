using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>A decision that somebody made about a held order. The row is never changed.</summary>
/// <param name="Order">The held order.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Operator">Who decided: an account id, never a name.</param>
/// <param name="Reason">The reason for the decision.</param>
/// <param name="At">When it was decided, by the store's clock.</param>
public sealed record DuplicateAct(OrderKey Order, SuspicionState Decision, string Operator, string Reason, DateTimeOffset At);
