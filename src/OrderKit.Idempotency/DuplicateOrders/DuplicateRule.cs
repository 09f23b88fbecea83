namespace OrderKit.Idempotency;

/// <summary>When an order is taken for a duplicate of an earlier one. Its name is its key in <see cref="DuplicateOrderOptions.Rules"/>.</summary>
public sealed class DuplicateRule
{
    /// <summary>What two orders have in common: names of <see cref="DuplicateDimensions"/> with a plus sign between them, such as <c>buyer + cart</c>.</summary>
    public string Subject { get; set; } = "";

    /// <summary>How long after an order the next one of the same subject is its duplicate; one that is exactly so far away is none.</summary>
    /// <value><see langword="null"/>: for ever.</value>
    public TimeSpan? Window { get; set; }

    /// <summary>What is done with a duplicate.</summary>
    /// <value><see cref="DuplicateAction.Label"/>.</value>
    public DuplicateAction Action { get; set; }

    /// <summary>Whether <see cref="DuplicateOrders.ReleaseAsync"/> of the earlier order lets the next one pass.</summary>
    /// <value><see langword="true"/>.</value>
    public bool IsFreedByCancellation { get; set; } = true;

    /// <summary>Whether the same order that is sent again counts as a duplicate of itself. Otherwise it gets the same verdict as before.</summary>
    /// <value><see langword="false"/>.</value>
    public bool FindsSameOrder { get; set; }

    /// <summary>Whether the rule is used.</summary>
    /// <value><see langword="true"/>.</value>
    public bool IsEnabled { get; set; } = true;
}
