using System.Runtime.CompilerServices;

namespace OrderKit.StateMachine.Storage;

/// <summary>The deadline of one facet in memory.</summary>
/// <param name="DueAt">When it passes.</param>
/// <param name="Version">The version at which the state was entered.</param>
/// <param name="Trigger">What is fired.</param>
/// <param name="Probe">The probe that must agree first.</param>
/// <param name="Ticket">The number of its entry in the queue; entries with other numbers are void.</param>
internal sealed record InMemoryDeadline(DateTimeOffset DueAt, long Version, string Trigger, string? Probe, int Ticket);

/// <summary>The deadlines of an order, by facet.</summary>
[InlineArray(StateCodes.MaxFacets)]
internal struct InMemoryDeadlines
{
    private InMemoryDeadline? _first;
}
