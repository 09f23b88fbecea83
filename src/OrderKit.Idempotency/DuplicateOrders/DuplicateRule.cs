namespace OrderKit.Idempotency;

/// <summary>
/// A rule that says when an order is a duplicate of an earlier one. Its name is its key in <see cref="DuplicateOrderOptions.Rules"/>.
/// </summary>
public sealed class DuplicateRule
{
    /// <summary>
    /// What the two orders have in common: names of <see cref="DuplicateDimensions"/> joined by plus signs, such as <c>buyer + cart</c>.
    /// </summary>
    public string Subject { get; set; } = "";

    /// <summary>How long after an order the next one with the same subject is its duplicate. The end of the window is excluded.</summary>
    /// <value><see langword="null"/>: without a limit.</value>
    public TimeSpan? Window { get; set; }

    /// <summary>What happens to a duplicate.</summary>
    /// <value><see cref="DuplicateAction.Label"/>.</value>
    public DuplicateAction Action { get; set; }

    /// <summary>Whether <see cref="DuplicateOrders.ReleaseAsync"/> of the earlier order frees the subject.</summary>
    /// <value><see langword="true"/>.</value>
    public bool IsFreedByCancellation { get; set; } = true;

    /// <summary>Whether an order that is sent again is a duplicate of itself. Otherwise it gets the same verdict as before.</summary>
    /// <value><see langword="false"/>.</value>
    public bool FindsSameOrder { get; set; }

    /// <summary>Whether the rule is used.</summary>
    /// <value><see langword="true"/>.</value>
    public bool IsEnabled { get; set; } = true;
}
