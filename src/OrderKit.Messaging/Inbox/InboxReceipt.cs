namespace OrderKit.Messaging;

/// <summary>The answer of the inbox to a message. Both allow an acknowledgement once the unit of work is committed.</summary>
public enum InboxReceipt : byte
{
    /// <summary>The message is new, and will be handled.</summary>
    Accepted = 0,

    /// <summary>The inbox knows this identity: the message is a redelivery, and nothing was written.</summary>
    Duplicate = 1,
}
