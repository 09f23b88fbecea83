namespace OrderKit.StateMachine;

/// <summary>A facet on a timeline, with the states that it passed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Spans">Its states in order.</param>
public sealed record TimelineFacet(string Name, IReadOnlyList<TimelineSpan> Spans);
