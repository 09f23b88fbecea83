namespace OrderKit.StateMachine;

/// <summary>A milestone that every timeline shows, as a gap where it is missing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LocalName">Its name for the people who work with it.</param>
/// <param name="States">The states that prove it; empty for the creation of the order.</param>
public sealed record TimelineNodeInfo(string Name, string LocalName, IReadOnlyList<int> States);
