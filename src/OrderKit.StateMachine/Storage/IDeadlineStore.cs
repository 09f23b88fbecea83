namespace OrderKit.StateMachine.Storage;

/// <summary>The acting side of deadlines, judged by the store's clock. Each call is a transaction of its own.</summary>
public interface IDeadlineStore
{
    /// <summary>Leases passed deadlines that nobody holds, oldest first. A change of its order ends a deadline.</summary>
    ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Makes deadlines of the same version and instant claimable after a delay. Their due instants stay.</summary>
    ValueTask PostponeAsync(IReadOnlyList<DueDeadline> deadlines, TimeSpan delay, CancellationToken cancellationToken = default);

    /// <summary>How many deadlines are armed, and when the next one passes.</summary>
    ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default);
}
