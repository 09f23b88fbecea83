using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>What somebody decided about a held order: a row that is never changed.</summary>
/// <param name="Order">The held order.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Operator">Who; an account id, never a name.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, by the store's clock.</param>
public sealed record DuplicateAct(OrderKey Order, SuspicionState Decision, string Operator, string Reason, DateTimeOffset At);
