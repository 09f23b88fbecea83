namespace OrderKit.StateMachine;

/// <summary>Asks the outside world before a deadline acts: the only asynchronous check there is.</summary>
public interface IDeadlineProbe
{
    /// <summary>The name by which models demand it, such as <c>payment-close</c>.</summary>
    string Name { get; }

    /// <summary>Asks; an exception counts as <see cref="ProbeAnswer.Postpone"/>.</summary>
    Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken);
}
