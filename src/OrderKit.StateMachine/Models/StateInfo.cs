namespace OrderKit.StateMachine;

/// <summary>A state of a model.</summary>
/// <param name="Code">The stable number; never used again for another meaning.</param>
/// <param name="Name">The name for developers.</param>
/// <param name="LocalName">The name for the people who work with it.</param>
/// <param name="Facet">The facet's number.</param>
/// <param name="Rank">How far along its facet it is; <see langword="null"/> for a detour or an end beside the way.</param>
/// <param name="IsAnchor">Whether it is a milestone with evidence, never undone but by its own source.</param>
/// <param name="IsEnd">Whether the facet may end in it.</param>
/// <param name="IsResting">Whether an order may stay in it without a deadline.</param>
/// <param name="Traits">Its traits.</param>
/// <param name="Deadline">How long it may last.</param>
public sealed record StateInfo(
    int Code,
    string Name,
    string LocalName,
    int Facet,
    int? Rank,
    bool IsAnchor,
    bool IsEnd,
    bool IsResting,
    IReadOnlyList<Trait> Traits,
    DeadlineInfo? Deadline)
{
    /// <summary>Whether an order in it waits for something and so needs a deadline.</summary>
    public bool IsWaiting => !IsEnd && !IsResting;
}
