namespace OrderKit.StateMachine;

/// <summary>How long a facet was in a state.</summary>
/// <param name="State">The state.</param>
/// <param name="FromVersion">The entry that entered it.</param>
/// <param name="ToVersion">The entry that left it; <see langword="null"/> for the present state.</param>
/// <param name="EnteredAt">When it was entered, by our clock.</param>
/// <param name="Dwell">For how long; the present state up to <see cref="Timeline.AsOf"/>.</param>
public sealed record TimelineSpan(TimelineState State, long FromVersion, long? ToVersion, DateTimeOffset EnteredAt, TimeSpan Dwell);
