using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>How firing one fact ended.</summary>
/// <remarks>
/// Every ending but <see cref="Conflict"/>, <see cref="Unresolved"/> and <see cref="Stale"/> leaves the fact in the journal or among the
/// parked facts.
/// </remarks>
public abstract record FireResult
{
    private FireResult()
    {
    }

    /// <summary>The name of the outcome in metrics, events and JSON, such as <c>applied</c> or <c>already-applied</c>.</summary>
    public string Outcome => this switch
    {
        Applied => OutcomeOf(DecisionKind.Applied),
        AlreadyApplied => OutcomeOf(DecisionKind.AlreadyApplied),
        Late => OutcomeOf(DecisionKind.Late),
        Early => OutcomeOf(DecisionKind.Early),
        Contradictory => OutcomeOf(DecisionKind.Contradictory),
        Rejected => OutcomeOf(DecisionKind.Rejected),
        GuardFailed => OutcomeOf(DecisionKind.GuardFailed),
        Duplicate => "duplicate",
        Conflict => "conflict",
        Parked => "parked",
        Unresolved => "unresolved",
        Several => "several",
        _ => "stale",
    };

    internal static string OutcomeOf(DecisionKind kind) => kind switch
    {
        DecisionKind.Applied => "applied",
        DecisionKind.AlreadyApplied => "already-applied",
        DecisionKind.Late => "late",
        DecisionKind.Early => "early",
        DecisionKind.Contradictory => "contradictory",
        DecisionKind.Rejected => "rejected",
        _ => "guard-failed",
    };

    /// <summary>It took effect as expected.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Snapshot">The order after it.</param>
    /// <param name="OpenedCases">Cases that it opened (deadlines do).</param>
    /// <param name="Commit">How durable that is.</param>
    public sealed record Applied(
        OrderKey Order, OrderSnapshot Snapshot, IReadOnlyList<string> OpenedCases, CommitState Commit) : FireResult;

    /// <summary>The order is there already; the fact is noted.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Snapshot">The order after it.</param>
    /// <param name="Commit">How durable that is.</param>
    public sealed record AlreadyApplied(OrderKey Order, OrderSnapshot Snapshot, CommitState Commit) : FireResult;

    /// <summary>The same source told the same fact before; nothing is written.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="FirstVersion">The journal row that holds it.</param>
    public sealed record Duplicate(OrderKey Order, long FirstVersion) : FireResult;

    /// <summary>The order is past it; the fact is noted.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Snapshot">The order after it.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Commit">How durable that is.</param>
    public sealed record Late(OrderKey Order, OrderSnapshot Snapshot, DecisionReason Reason, CommitState Commit) : FireResult;

    /// <summary>It came before what should precede it: an owner's fact took effect, a report is noted.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Snapshot">The order after it.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="TookEffect">Whether the order moved.</param>
    /// <param name="Commit">How durable that is.</param>
    public sealed record Early(
        OrderKey Order, OrderSnapshot Snapshot, DecisionReason Reason, bool TookEffect, CommitState Commit) : FireResult;

    /// <summary>It contradicts the order; a case is open.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Snapshot">The order after it.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="OpenedCases">The cases that it opened; empty where they were open.</param>
    /// <param name="TookEffect">Whether the order moved or a sum changed.</param>
    /// <param name="Commit">How durable that is.</param>
    public sealed record Contradictory(
        OrderKey Order, OrderSnapshot Snapshot, DecisionReason Reason, IReadOnlyList<string> OpenedCases, bool TookEffect,
        CommitState Commit) : FireResult;

    /// <summary>The state does not allow the command.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Snapshot">The order, unchanged but for its version.</param>
    /// <param name="Message">What is allowed from where.</param>
    public sealed record Rejected(OrderKey Order, OrderSnapshot Snapshot, string Message) : FireResult;

    /// <summary>The state allows the command, and something stands in the way.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Snapshot">The order, unchanged but for its version.</param>
    /// <param name="Guards">The codes of the guards that failed; <c>held</c> for holds.</param>
    public sealed record GuardFailed(OrderKey Order, OrderSnapshot Snapshot, IReadOnlyList<string> Guards) : FireResult;

    /// <summary>Another writer was first, again and again; nothing is written. Fire the fact again.</summary>
    /// <param name="Order">The order.</param>
    /// <param name="Attempts">How often it was decided.</param>
    public sealed record Conflict(OrderKey Order, int Attempts) : FireResult;

    /// <summary>
    /// It cannot be decided yet and is kept. An unknown number or order: it is applied in the transaction that makes it known. Any other
    /// reason: by <see cref="OrderLifecycle.ReplayParkedAsync"/>.
    /// </summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Number">The number that it waits for.</param>
    /// <param name="Detail">What exactly is unknown.</param>
    public sealed record Parked(ParkReason Reason, OrderReference Number, string Detail) : FireResult;

    /// <summary>A command that cannot be decided; it is not kept, since a wish is repeated by whoever has it.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Number">The number that it named.</param>
    /// <param name="Detail">What exactly is unknown.</param>
    public sealed record Unresolved(ParkReason Reason, OrderReference Number, string Detail) : FireResult;

    /// <summary>Its number belongs to several orders, and it was fired on each.</summary>
    /// <param name="Results">One result per order.</param>
    public sealed record Several(IReadOnlyList<FireResult> Results) : FireResult;

    /// <summary>A deadline of a state that the order has left; nothing is written.</summary>
    /// <param name="Order">The order.</param>
    public sealed record Stale(OrderKey Order) : FireResult;
}
