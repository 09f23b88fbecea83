namespace OrderKit.StateMachine;

/// <summary>A state on a timeline; a code that the model does not know is its own name.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name for developers.</param>
/// <param name="LocalName">Its name for the people who work with it.</param>
public sealed record TimelineState(int Code, string Name, string LocalName);
