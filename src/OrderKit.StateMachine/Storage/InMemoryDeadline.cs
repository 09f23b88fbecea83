using System.Runtime.CompilerServices;

namespace OrderKit.StateMachine.Storage;

/// <summary>The deadline of one facet, as the in-memory order holds it: what it says counts, whatever a queue still names.</summary>
/// <param name="DueAt">When it passes.</param>
/// <param name="Version">The version at which the state was entered.</param>
/// <param name="Trigger">What is fired.</param>
/// <param name="Probe">The probe that must agree first.</param>
/// <param name="Tag">The facet, and above it a number that is new for each instant: an entry with another one is void.</param>
internal sealed record InMemoryDeadline(DateTimeOffset DueAt, long Version, string Trigger, string? Probe, int Tag);

/// <summary>The deadlines of an order, by facet.</summary>
[InlineArray(StateCodes.MaxFacets)]
internal struct InMemoryDeadlines
{
    private InMemoryDeadline? _first;
}
