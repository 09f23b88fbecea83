namespace OrderKit.Core;

/// <summary>Which cases to list, oldest due first.</summary>
public sealed record CaseQuery
{
    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>Only cases of this order.</summary>
    public OrderKey? Order { get; init; }

    /// <summary>Only cases of this kind.</summary>
    public string? Code { get; init; }

    /// <summary>Only cases of this desk.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether closed cases are listed too.</summary>
    /// <value><see langword="false"/>.</value>
    public bool IncludeClosed { get; init; }

    /// <summary>How many at most: 1 to 1,000.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>Where the page before ended.</summary>
    public string? Continuation { get; init; }
}
