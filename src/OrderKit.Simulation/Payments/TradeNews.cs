namespace OrderKit.Simulation;

/// <summary>What a provider says about a trade.</summary>
public enum TradeNews : byte
{
    /// <summary>Money came in.</summary>
    Paid = 0,

    /// <summary>The trade can no longer be refunded; no money moved.</summary>
    Finished = 1,

    /// <summary>The trade was closed unpaid.</summary>
    Closed = 2,

    /// <summary>Money went back.</summary>
    Refunded = 3,
}
