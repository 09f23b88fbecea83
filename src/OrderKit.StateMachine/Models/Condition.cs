namespace OrderKit.StateMachine;

/// <summary>A predicate with the name under which it enters fingerprints, answers and diagrams.</summary>
internal sealed record Condition(string Name, OrderPredicate Holds);
