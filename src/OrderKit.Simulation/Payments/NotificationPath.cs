namespace OrderKit.Simulation;

/// <summary>By which path the host hears of a trade.</summary>
public enum NotificationPath : byte
{
    /// <summary>The provider sends it, and sends it again until it is acknowledged.</summary>
    Callback = 0,

    /// <summary>The buyer's browser comes back to the shop with it, once.</summary>
    BrowserReturn = 1,

    /// <summary>The provider answers a query of the host.</summary>
    Query = 2,
}
