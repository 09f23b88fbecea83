namespace OrderKit.Core;

/// <summary>How durable the effect of a call is when the call returns.</summary>
public enum CommitState : byte
{
    /// <summary>Committed by this library.</summary>
    Committed = 0,

    /// <summary>Written into the host's transaction; it takes effect when the host commits.</summary>
    PendingCommit = 1,
}
