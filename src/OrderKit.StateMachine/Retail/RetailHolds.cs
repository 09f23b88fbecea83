namespace OrderKit.StateMachine;

/// <summary>The holds of <see cref="OrderModels.Retail"/>.</summary>
public static class RetailHolds
{
    /// <summary>The buying group is not complete.</summary>
    public const string GroupForming = "group-forming";

    /// <summary>Risk review.</summary>
    public const string Risk = "risk";

    /// <summary>Waits for customs.</summary>
    public const string Customs = "customs";

    /// <summary>The platform forbids shipping.</summary>
    public const string PlatformLock = "platform-lock";

    /// <summary>The buyer asks for a refund.</summary>
    public const string RefundAsked = "refund-asked";

    /// <summary>Suspected to be ordered twice.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>The address is in doubt.</summary>
    public const string Address = "address";

    /// <summary>Changed after the label was made.</summary>
    public const string Amended = "amended";

    /// <summary>Stock is missing.</summary>
    public const string StockShort = "stock-short";

    /// <summary>Wanted for a later day.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>The balance of a presale is not paid.</summary>
    public const string BalanceDue = "balance-due";

    /// <summary>The platform's copy must be read again first.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>Placed by a person.</summary>
    public const string Manual = "manual";
}
