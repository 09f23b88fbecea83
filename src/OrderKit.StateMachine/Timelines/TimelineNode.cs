namespace OrderKit.StateMachine;

/// <summary>A milestone of the model on a timeline; it is there even where the order never got to it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LocalName">Its name for the people who work with it.</param>
/// <param name="Status">How the order stands to it.</param>
/// <param name="Entry">The entry that reached it; for a revoked node the one that reached it before.</param>
/// <param name="Elapsed">The time since the reached node before it; negative where that came later.</param>
/// <param name="RevokedBy">The version of the entry that revoked it.</param>
public sealed record TimelineNode(
    string Name, string LocalName, TimelineNodeStatus Status, TimelineEntry? Entry, TimeSpan? Elapsed, long? RevokedBy)
{
    /// <summary>Whether somebody must look into it.</summary>
    public bool IsAnomaly => Status is TimelineNodeStatus.Missing or TimelineNodeStatus.Revoked;
}
