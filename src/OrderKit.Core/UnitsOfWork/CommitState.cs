namespace OrderKit.Core;

/// <summary>Whether the effect of a call is committed when the call returns.</summary>
public enum CommitState : byte
{
    /// <summary>It is committed.</summary>
    Committed = 0,

    /// <summary>It is written in the transaction of the host, and takes effect when the host commits.</summary>
    PendingCommit = 1,
}
