namespace OrderKit.Messaging;

/// <summary>How far a message of the inbox has come; the numbers are those in the tables.</summary>
internal enum InboxState : byte
{
    /// <summary>It waits to be handled, or is being handled.</summary>
    Pending = 0,

    /// <summary>It has taken effect, or was discarded; only its identity is kept.</summary>
    Done = 1,

    /// <summary>It is a dead letter; only its identity is kept here.</summary>
    SetAside = 2,
}
