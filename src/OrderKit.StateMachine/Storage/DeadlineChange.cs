namespace OrderKit.StateMachine.Storage;

/// <summary>A deadline to arm in place of the facet's earlier one, or (without an instant) to remove.</summary>
/// <param name="Facet">The facet whose state it limits; an order has one per facet.</param>
/// <param name="DueAt">When it passes.</param>
/// <param name="Version">The version at which the state was entered; a deadline of another version is stale.</param>
/// <param name="Trigger">What is fired.</param>
/// <param name="Probe">The probe that must agree first.</param>
public readonly record struct DeadlineChange(int Facet, DateTimeOffset? DueAt, long Version, string Trigger, string? Probe);
