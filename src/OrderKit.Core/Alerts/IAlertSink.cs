namespace OrderKit.Core;

/// <summary>Tells a person, or a system that wakes one.</summary>
/// <remarks>Each sink has its own queue, so that one that fails keeps no other from being told. It may be told twice: then under the same id.</remarks>
public interface IAlertSink
{
    /// <summary>Its name: of its queue, and in logs. Another one for each sink.</summary>
    string Name { get; }

    /// <summary>Tells it; an exception has it told again later.</summary>
    Task SendAsync(Alert alert, CancellationToken cancellationToken);
}
