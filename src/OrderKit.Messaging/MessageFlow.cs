namespace OrderKit.Messaging;

/// <summary>On which way a message is.</summary>
public enum MessageFlow : byte
{
    /// <summary>Out of this system: its name is that of the destination.</summary>
    Outbox = 0,

    /// <summary>Into this system: its name is that of the consumer.</summary>
    Inbox = 1,
}
