namespace OrderKit.Core;

/// <summary>Sends alerts to a person, or to a system that informs one.</summary>
/// <remarks>
/// Each sink has a queue of its own, so one that fails does not delay the others. A sink may get an alert twice, under the same id.
/// </remarks>
public interface IAlertSink
{
    /// <summary>The sink's name. It names the queue and appears in logs, so each sink has a name of its own.</summary>
    string Name { get; }

    /// <summary>Sends an alert. An exception causes a retry.</summary>
    Task SendAsync(Alert alert, CancellationToken cancellationToken);
}
