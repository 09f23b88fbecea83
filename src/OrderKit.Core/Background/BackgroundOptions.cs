namespace OrderKit.Core;

/// <summary>The settings that every background loop of a host has.</summary>
/// <param name="pollInterval">The default of <see cref="PollInterval"/>.</param>
public abstract class BackgroundOptions(TimeSpan pollInterval)
{
    /// <summary>Whether the host runs the loop. A host that calls the engine itself turns it off.</summary>
    /// <value><see langword="true"/>.</value>
    public bool RunInBackground { get; set; } = true;

    /// <summary>How long the loop waits between two runs when nothing wakes it. After a failure it always waits that long.</summary>
    /// <value>The summary of each options class states its default.</value>
    public TimeSpan PollInterval { get; set; } = pollInterval;
}
