namespace OrderKit.StateMachine;

/// <summary>The acting side of deadlines, judged by the store's clock. Each call is a transaction of its own.</summary>
public interface IDeadlineStore
{
    /// <summary>Leases deadlines that passed and that nobody else holds, oldest first.</summary>
    ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Sets a deadline to a later instant and gives it back, if it is still of that version.</summary>
    ValueTask PostponeAsync(DueDeadline deadline, TimeSpan pause, CancellationToken cancellationToken = default);

    /// <summary>Removes a deadline, if it is still of that version.</summary>
    ValueTask RemoveAsync(DueDeadline deadline, CancellationToken cancellationToken = default);

    /// <summary>How many deadlines are armed, and when the next one passes.</summary>
    ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default);
}
