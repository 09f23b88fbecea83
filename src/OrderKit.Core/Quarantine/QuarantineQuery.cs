namespace OrderKit.Core;

/// <summary>A filter for messages in quarantine, oldest first.</summary>
public sealed record QuarantineQuery
{
    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>Only messages of this system.</summary>
    public string? Source { get; init; }

    /// <summary>Only messages with this reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Only messages in this state; <see langword="null"/> for all.</summary>
    /// <value><see cref="QuarantineState.Waiting"/>.</value>
    public QuarantineState? State { get; init; } = QuarantineState.Waiting;

    /// <summary>The largest number of rows in a page: 1 to 1,000.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>The continuation of the page before.</summary>
    public string? Continuation { get; init; }
}
