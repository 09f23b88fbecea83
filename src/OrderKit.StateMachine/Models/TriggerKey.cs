using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>What each fact of a trigger must bring, so that it is known again however often and by whichever path it is told.</summary>
/// <param name="Number">The kind of number that <see cref="OrderFact.Evidence"/> holds; <see langword="null"/> where no number is enough, and each fact brings an <see cref="OrderFact.Id"/>.</param>
public sealed record TriggerKey(ReferenceKind? Number)
{
    internal bool IsIn(OrderFact fact) => fact.Id is { Length: > 0 } || (Number is not null && fact.Evidence is { Length: > 0 });
}
