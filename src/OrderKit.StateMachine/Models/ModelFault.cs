namespace OrderKit.StateMachine;

/// <summary>Something wrong with a model.</summary>
/// <param name="Code">The kind of fault, such as <c>unreachable-state</c>; see <see cref="ModelFaults"/>.</param>
/// <param name="Subject">The state, trigger or profile.</param>
/// <param name="Message">What is wrong and the way out.</param>
public sealed record ModelFault(string Code, string Subject, string Message);
