namespace OrderKit.StateMachine;

/// <summary>An entry of a <see cref="DeadlineWheel"/>.</summary>
/// <param name="DueAt">When it passes, in UTC ticks.</param>
/// <param name="Order">Whose it is.</param>
/// <param name="Tag">What its owner knows it by.</param>
internal readonly record struct DeadlineWheelEntry(long DueAt, int Order, int Tag);
