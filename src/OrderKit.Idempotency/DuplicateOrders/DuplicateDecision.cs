using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>A decision about a held order, to be stored.</summary>
/// <param name="Order">The held order.</param>
/// <param name="Decision">The decision; neither <see cref="SuspicionState.Labelled"/> nor <see cref="SuspicionState.Held"/>.</param>
/// <param name="Operator">Who decided.</param>
/// <param name="Reason">The reason for the decision.</param>
/// <param name="Messages">The outbox messages to write with it.</param>
public sealed record DuplicateDecision(
    OrderKey Order, SuspicionState Decision, string Operator, string Reason, IReadOnlyList<OutboxMessage> Messages);
