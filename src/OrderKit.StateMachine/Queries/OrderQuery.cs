using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Which orders to list, the last updated first.</summary>
public sealed record OrderQuery
{
    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>Any number of the order in any system, whole or its beginning, or the beginning of its id.</summary>
    public string? Text { get; init; }

    /// <summary>Only orders with one of these headline codes.</summary>
    public IReadOnlyList<string> Headlines { get; init; } = [];

    /// <summary>Only orders in one of these states, of any facet.</summary>
    public IReadOnlyList<int> States { get; init; } = [];

    /// <summary>Whether the order must have an open case (or none).</summary>
    public bool? HasOpenCase { get; init; }

    /// <summary>Whether the order must be held (or not).</summary>
    public bool? IsHeld { get; init; }

    /// <summary>Only orders placed at or after this instant.</summary>
    public DateTimeOffset? PlacedFrom { get; init; }

    /// <summary>Only orders placed before this instant.</summary>
    public DateTimeOffset? PlacedBefore { get; init; }

    /// <summary>How many at most: 1 to 1,000.</summary>
    /// <value>50.</value>
    public int PageSize { get; init; } = 50;

    /// <summary>Where the page before ended.</summary>
    public string? Continuation { get; init; }
}
