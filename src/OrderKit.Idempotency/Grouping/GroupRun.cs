using System.Data.Common;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>One try at writing a set in one unit of work.</summary>
internal sealed class GroupRun(List<GroupMember> set)
{
    public List<GroupMember> Set => set;

    /// <summary>The place of the one that is acting; <see langword="null"/> between two of them.</summary>
    public int? ActingAt { get; set; }

    /// <summary>Whether anybody could begin to act.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Those that nothing was written of: each is to be written in a unit of its own.</summary>
    public HashSet<GroupMember> Left { get; } = [];

    /// <summary>What ended it; nothing of the set was written then.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether all would fail in the same way, one after the other, or may have been written already.</summary>
    public bool IsHopeless => Failure is CommitOutcomeUnknownException || (!HasBegun && IsOutage(Failure));

    /// <summary>Whether there is anything to make durable.</summary>
    public bool HasWritten => set.Any(member => member.HasWritten || member.Claims.Count > 0);

    /// <summary>A claim that is there if, and only if, everything of the set is.</summary>
    public OperationClaim? Proof => set.Select(member => member.Claims.Count > 0 ? member.Claims[0] : null).FirstOrDefault(claim => claim is not null);

    // Who stands in whose way is about some rows and not about all.
    private static bool IsOutage(Exception? failure) =>
        failure is not ContentionException and (TimeoutException or OperationCanceledException or DbException { IsTransient: true });
}
