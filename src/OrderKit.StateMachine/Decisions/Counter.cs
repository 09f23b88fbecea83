namespace OrderKit.StateMachine;

/// <summary>The sums that every order keeps: money in minor units of its currency, goods in pieces.</summary>
public enum Counter : byte
{
    /// <summary>Money that the buyer owes in all.</summary>
    Due = 0,

    /// <summary>Money that came in.</summary>
    Captured = 1,

    /// <summary>Money that went back.</summary>
    Refunded = 2,

    /// <summary>Pieces ordered.</summary>
    Ordered = 3,

    /// <summary>Pieces packed.</summary>
    Packed = 4,

    /// <summary>Pieces that left the warehouse.</summary>
    Shipped = 5,

    /// <summary>Pieces delivered with a verdict.</summary>
    Delivered = 6,

    /// <summary>Pieces that came back.</summary>
    Returned = 7,
}
