using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>A decision about a held order that is to be stored.</summary>
/// <param name="Order">The held order.</param>
/// <param name="Decision">What was decided; neither <see cref="SuspicionState.Labelled"/> nor <see cref="SuspicionState.Held"/>.</param>
/// <param name="Operator">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Messages">What goes out with it.</param>
public sealed record DuplicateDecision(
    OrderKey Order, SuspicionState Decision, string Operator, string Reason, IReadOnlyList<OutboxMessage> Messages);
