namespace OrderKit.Simulation;

/// <summary>What a buyer meant by an order.</summary>
public enum PurchaseKind : byte
{
    /// <summary>An order by itself.</summary>
    Single = 0,

    /// <summary>The cart of an earlier order, submitted from another tab within seconds: a duplicate.</summary>
    OtherTab = 1,

    /// <summary>Other articles for the same amount, within two hours of an earlier order: good.</summary>
    OtherArticles = 2,

    /// <summary>The same as an earlier order, days later: good.</summary>
    Repeat = 3,

    /// <summary>The same as an earlier order, which was cancelled before: good.</summary>
    AfterCancel = 4,
}
