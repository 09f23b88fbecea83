namespace OrderKit.StateMachine.Storage;

/// <summary>The acting side of deadlines, judged by the store's clock. Each call is a transaction of its own.</summary>
public interface IDeadlineStore
{
    /// <summary>Leases deadlines that passed and that nobody else holds, oldest first.</summary>
    ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Gives a deadline back to be claimed after a pause, if it is still of that version and instant. When it was due stays as it is.</summary>
    ValueTask PostponeAsync(DueDeadline deadline, TimeSpan pause, CancellationToken cancellationToken = default);

    /// <summary>Removes a deadline, if it is still of that version and instant.</summary>
    ValueTask RemoveAsync(DueDeadline deadline, CancellationToken cancellationToken = default);

    /// <summary>How many deadlines are armed, and when the next one passes.</summary>
    ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default);
}
