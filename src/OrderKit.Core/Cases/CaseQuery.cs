namespace OrderKit.Core;

/// <summary>A filter for cases. The case that is due first comes first.</summary>
public sealed record CaseQuery
{
    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>Only cases of this order.</summary>
    public OrderKey? Order { get; init; }

    /// <summary>Only cases of this kind.</summary>
    public string? Code { get; init; }

    /// <summary>Only cases of this owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether closed cases are listed too.</summary>
    /// <value><see langword="false"/>.</value>
    public bool IncludeClosed { get; init; }

    /// <summary>The largest number of rows in a page: 1 to 1,000.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>The continuation of the page before.</summary>
    public string? Continuation { get; init; }
}
