namespace OrderKit.Messaging;

/// <summary>How giving up a dead letter ended.</summary>
public enum DiscardResult : byte
{
    /// <summary>It is given up.</summary>
    Discarded = 0,

    /// <summary>Somebody redrove or discarded it before; nothing was done.</summary>
    AlreadyClosed = 1,

    /// <summary>There is no letter of that number.</summary>
    NotFound = 2,
}
