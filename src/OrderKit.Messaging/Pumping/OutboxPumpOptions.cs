using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings of the outbox pump.</summary>
public sealed class OutboxPumpOptions : PumpOptions
{
    /// <summary>The destination whose messages go to the handlers in this process.</summary>
    /// <value><c>events</c>.</value>
    public string Destination { get; set; } = "events";

    internal new void Validate(OptionFaults faults)
    {
        faults.RequireText(Destination, "it is the destination that OrderLifecycleOptions.EventDestination names.");
        base.Validate(faults);
    }
}
