namespace OrderKit.Messaging;

/// <summary>What the inbox answers to a message. Either way the sender may be told that it arrived, once the unit of work is committed.</summary>
public enum InboxReceipt : byte
{
    /// <summary>The message is new, and will be handled.</summary>
    Accepted = 0,

    /// <summary>The inbox has, or had, a message of this identity: this one is a redelivery, and nothing was written.</summary>
    Duplicate = 1,
}
