namespace OrderKit.StateMachine;

/// <summary>An armed deadline on a timeline.</summary>
/// <param name="Facet">The facet's name.</param>
/// <param name="State">The state that it limits; <see langword="null"/> where the model does not know it.</param>
/// <param name="DueAt">When it passes.</param>
/// <param name="Trigger">What is fired then.</param>
/// <param name="IsOverdue">Whether it passed before <see cref="Timeline.AsOf"/>.</param>
public sealed record TimelineDeadline(string Facet, TimelineState? State, DateTimeOffset DueAt, string Trigger, bool IsOverdue);
