namespace OrderKit.StateMachine.Storage;

/// <summary>The acting side of deadlines, judged by the store's clock. Each call is a transaction of its own.</summary>
public interface IDeadlineStore
{
    /// <summary>
    /// Leases deadlines that passed and that nobody else holds, oldest first. A deadline ends with a change of its order.
    /// </summary>
    ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes deadlines claimable again after a delay, each only if it is still of that version and instant. Their due instants stay.
    /// </summary>
    ValueTask PostponeAsync(IReadOnlyList<DueDeadline> deadlines, TimeSpan delay, CancellationToken cancellationToken = default);

    /// <summary>How many deadlines are armed, and when the next one passes.</summary>
    ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default);
}
