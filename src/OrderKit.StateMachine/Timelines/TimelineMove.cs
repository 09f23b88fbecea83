namespace OrderKit.StateMachine;

/// <summary>A facet that entered a state.</summary>
/// <param name="Facet">The facet's name.</param>
/// <param name="From">The state that it left; <see langword="null"/> for the first.</param>
/// <param name="To">The state that it entered.</param>
/// <param name="Dwell">How long it was in the state that it left, by our clock.</param>
/// <param name="DwellAtSource">The same by the sources' clocks, where both tell a time and it does not run backwards.</param>
public sealed record TimelineMove(string Facet, TimelineState? From, TimelineState To, TimeSpan? Dwell, TimeSpan? DwellAtSource);
