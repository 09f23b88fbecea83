namespace OrderKit.StateMachine;

/// <summary>Asks the outside world before a deadline acts.</summary>
/// <remarks>Each question opens the probe in a dependency injection scope of its own; several are asked at the same time.</remarks>
public interface IDeadlineProbe
{
    /// <summary>The name by which models demand it, such as <c>payment-close</c>.</summary>
    string Name { get; }

    /// <summary>Asks; an exception counts as <see cref="ProbeAnswer.Postpone"/>.</summary>
    Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken);
}
