namespace OrderKit.Idempotency;

/// <summary>What a payment provider says.</summary>
public enum NotificationKind : byte
{
    /// <summary>Money came in.</summary>
    Paid = 1,

    /// <summary>The trade is final and can no longer be refunded; no money moved.</summary>
    Finished = 2,

    /// <summary>The trade was closed without money.</summary>
    Closed = 3,

    /// <summary>Money went back.</summary>
    Refunded = 4,
}
