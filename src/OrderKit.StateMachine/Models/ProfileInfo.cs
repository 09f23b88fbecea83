namespace OrderKit.StateMachine;

/// <summary>How a kind of order is fulfilled, so that nothing waits for a milestone that never comes.</summary>
/// <param name="Index">Its number in the model.</param>
/// <param name="Code">Its code, such as <c>PARCEL</c>.</param>
/// <param name="Initial">The states in which its orders begin.</param>
/// <param name="Holds">The holds with which its orders begin, as bits.</param>
/// <param name="Milestones">The state codes that its orders pass, in this order.</param>
public sealed record ProfileInfo(int Index, string Code, StateCodes Initial, uint Holds, IReadOnlyList<int> Milestones);
