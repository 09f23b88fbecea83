namespace OrderKit.StateMachine;

/// <summary>Asks the outside world before a deadline acts.</summary>
/// <remarks>
/// Each question opens the probe in a dependency injection scope of its own; several are asked at the same time. Register a probe with
/// <c>AddDeadlineProbe</c>.
/// </remarks>
public interface IDeadlineProbe
{
    /// <summary>The name by which models demand it, such as <c>payment-close</c>.</summary>
    string Name { get; }

    /// <summary>Asks. An exception, and no answer within <see cref="DeadlineOptions.ProbeTimeout"/>, postpone the deadline.</summary>
    /// <param name="deadline">The deadline.</param>
    /// <param name="cancellationToken">Cancelled when the host stops and after <see cref="DeadlineOptions.ProbeTimeout"/>.</param>
    Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken);
}
