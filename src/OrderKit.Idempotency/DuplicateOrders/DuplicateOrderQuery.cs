using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Which suspected duplicates to list, oldest first.</summary>
/// <remarks>The review queue is <see cref="State"/> = <see cref="SuspicionState.Held"/>; reconciliation asks by payment channel, time and amount.</remarks>
public sealed record DuplicateOrderQuery
{
    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>Only those that stand so.</summary>
    public SuspicionState? State { get; init; }

    /// <summary>Only pairs of which this is the later or the earlier order.</summary>
    public OrderKey? Order { get; init; }

    /// <summary>Only those that this rule found.</summary>
    public string? Rule { get; init; }

    /// <summary>Only those that are paid so.</summary>
    public string? PaymentChannel { get; init; }

    /// <summary>Only those of this total.</summary>
    public Money? Amount { get; init; }

    /// <summary>Only those placed then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those placed earlier.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>How many at most: 1 to 1,000.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>Where the page before ended.</summary>
    public string? Continuation { get; init; }
}
