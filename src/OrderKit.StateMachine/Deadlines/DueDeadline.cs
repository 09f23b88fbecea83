using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>A deadline that passed and was leased to be acted on.</summary>
/// <param name="OrderNo">The order's number in the store.</param>
/// <param name="Order">The order.</param>
/// <param name="Facet">The facet.</param>
/// <param name="DueAt">When it passed.</param>
/// <param name="Version">The version at which the state was entered.</param>
/// <param name="Trigger">What to fire.</param>
/// <param name="Probe">The probe that must agree first.</param>
public sealed record DueDeadline(
    long OrderNo, OrderKey Order, int Facet, DateTimeOffset DueAt, long Version, string Trigger, string? Probe);
