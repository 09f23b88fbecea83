using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>A query for suspected duplicates. Results are listed oldest first.</summary>
/// <remarks>
/// For the review queue, set <see cref="State"/> to <see cref="SuspicionState.Held"/>. Reconciliation filters by payment channel, time and
/// amount.
/// </remarks>
public sealed record DuplicateOrderQuery
{
    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>Only those in this state.</summary>
    public SuspicionState? State { get; init; }

    /// <summary>Only pairs in which this is the later or the earlier order.</summary>
    public OrderKey? Order { get; init; }

    /// <summary>Only those that this rule found.</summary>
    public string? Rule { get; init; }

    /// <summary>Only those paid through this channel.</summary>
    public string? PaymentChannel { get; init; }

    /// <summary>Only those with this total.</summary>
    public Money? Amount { get; init; }

    /// <summary>Only those placed at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those placed before this time.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>The maximum number of rows in a page: 1 to 1,000.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>The continuation that the previous page returned; <see langword="null"/> for the first page.</summary>
    public string? Continuation { get; init; }
}
