using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings of the receiver.</summary>
public sealed class TransportReceiverOptions
{
    /// <summary>The topic to receive.</summary>
    /// <value>Empty. Required.</value>
    public string Topic { get; set; } = "";

    /// <summary>The consumer whose inbox takes the messages.</summary>
    /// <value>Empty. Required.</value>
    public string Consumer { get; set; } = "";

    /// <summary>The <see cref="InboxMessage.HeadStart"/> by type of message.</summary>
    /// <value>Empty: the oldest first.</value>
    public IDictionary<string, TimeSpan> HeadStarts { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>How many messages are written in one transaction, and acknowledged together.</summary>
    /// <value>100.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>The maximum delay after the inbox could not be written. It doubles with each further failure.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum delay before the inbox is tried again.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the host receives in the background.</summary>
    /// <value><see langword="true"/>; hosts that call <see cref="TransportReceiver.ReceiveOnceAsync"/> themselves turn it off.</value>
    public bool RunInBackground { get; set; } = true;

    internal void Validate(OptionFaults faults)
    {
        faults.RequireText(Topic, "it is the topic that is received.");
        faults.RequireText(Consumer, "it is the consumer that an IInboxHandler names.");
        faults.RequireBetween(BatchSize, 1, 1_000);
        faults.RequirePositive(FirstDelay);
        foreach (var (type, headStart) in HeadStarts)
        {
            if (headStart < TimeSpan.Zero || headStart > InboxMessage.LongestHeadStart)
            {
                faults.Add(
                    nameof(HeadStarts), $"has {headStart} for '{type}'; it must be between zero and {InboxMessage.LongestHeadStart}.");
            }
        }

        faults.RequireNotBelow(MaxDelay, FirstDelay);
    }
}
