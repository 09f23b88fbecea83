namespace OrderKit.StateMachine;

/// <summary>The codes of all faults that a model can have.</summary>
public static class ModelFaults
{
    /// <summary>A model needs a facet, a state, a profile and a creation trigger.</summary>
    public const string Incomplete = "incomplete-model";

    /// <summary>More facets, states, holds, cases or guards than fit.</summary>
    public const string TooMany = "too-many";

    /// <summary>A code or a name stands for two things.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>A code outside 1 to 4,095.</summary>
    public const string CodeOutOfRange = "code-out-of-range";

    /// <summary>No profile's orders can get there.</summary>
    public const string UnreachableState = "unreachable-state";

    /// <summary>A state that is neither an end nor resting, without a way out. Ways behind a reached anchor do not count.</summary>
    public const string DeadEnd = "dead-end";

    /// <summary>Ways out, but none that leads to an end or a resting state.</summary>
    public const string NoWayToEnd = "no-way-to-end";

    /// <summary>Two ways for one state and trigger, or a branch behind one without a condition.</summary>
    public const string AmbiguousEdge = "ambiguous-edge";

    /// <summary>Branches that may all fail, with no last one without a condition.</summary>
    public const string OpenBranch = "open-branch";

    /// <summary>A way back over an anchor.</summary>
    public const string AnchorUndone = "edge-back-over-anchor";

    /// <summary>A state that waits and has no deadline.</summary>
    public const string MissingDeadline = "missing-deadline";

    /// <summary>A deadline whose trigger is unknown, or means nothing in that state.</summary>
    public const string BadDeadline = "bad-deadline";

    /// <summary>A profile without a state for some facet, or with milestones that its orders cannot pass in that order.</summary>
    public const string BadProfile = "bad-profile";

    /// <summary>The headline table leaves some order without a headline.</summary>
    public const string HeadlineGap = "headline-gap";

    /// <summary>A fact that has no rule in some state and would land beside the way.</summary>
    public const string FactWithoutRule = "fact-without-rule";

    /// <summary>A way from one facet into another, or a landing outside the trigger's own facet.</summary>
    public const string WrongFacet = "wrong-facet";

    /// <summary>A trigger that revokes something that is no anchor.</summary>
    public const string RevokesNoAnchor = "revokes-no-anchor";

    /// <summary>An anchor without a rank, or a rank out of range.</summary>
    public const string BadRank = "bad-rank";

    /// <summary>A trigger that does nothing anywhere.</summary>
    public const string IdleTrigger = "idle-trigger";

    /// <summary>A hold or a kind of case that is named somewhere and described nowhere.</summary>
    public const string UnknownName = "unknown-name";

    /// <summary>A trigger that moves money, and nothing by which two tellings of one payment are known as one.</summary>
    public const string MoneyWithoutKey = "money-without-key";
}
