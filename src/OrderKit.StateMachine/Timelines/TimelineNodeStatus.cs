namespace OrderKit.StateMachine;

/// <summary>How an order stands to a node of its timeline.</summary>
public enum TimelineNodeStatus : byte
{
    /// <summary>It was reached.</summary>
    Reached = 0,

    /// <summary>It was not reached, and nothing is wrong with that so far.</summary>
    NotYet = 1,

    /// <summary>It was not reached although a later one was: a report is missing, or somebody skipped a step.</summary>
    Missing = 2,

    /// <summary>It was reached, and its source revoked that.</summary>
    Revoked = 3,

    /// <summary>The order ended without it.</summary>
    NotComing = 4,
}
