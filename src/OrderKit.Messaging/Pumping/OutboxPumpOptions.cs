namespace OrderKit.Messaging;

/// <summary>Settings of the outbox pump.</summary>
public sealed class OutboxPumpOptions : PumpOptions
{
    /// <summary>The destination whose messages go to the handlers in this process.</summary>
    /// <value><c>events</c>.</value>
    public string Destination { get; set; } = "events";
}
