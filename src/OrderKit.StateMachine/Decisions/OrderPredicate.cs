namespace OrderKit.StateMachine;

/// <summary>A named pure predicate of a model over the order and the fact; it must not read clocks, stores or static state.</summary>
public delegate bool OrderPredicate(in DecisionContext context);
