namespace OrderKit.StateMachine;

/// <summary>A way that a model has from one state to another; for diagrams and checks.</summary>
/// <param name="From">The code of the state that it leaves.</param>
/// <param name="To">The code of the state that it enters.</param>
/// <param name="Trigger">The trigger.</param>
/// <param name="Condition">The name of the branch's condition.</param>
public sealed record ModelEdge(int From, int To, string Trigger, string? Condition);
