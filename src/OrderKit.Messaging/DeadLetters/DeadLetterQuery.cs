using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Which dead letters to list, the longest dead first.</summary>
public sealed record DeadLetterQuery
{
    /// <summary>Only letters of this tenant; of all, where it is <see langword="null"/>.</summary>
    public TenantId? Tenant { get; init; }

    /// <summary>Only messages on this way.</summary>
    public MessageFlow? Flow { get; init; }

    /// <summary>Only letters of this destination or consumer.</summary>
    public string? Name { get; init; }

    /// <summary>Only letters of this lane: the order's id, for messages about orders.</summary>
    public string? Lane { get; init; }

    /// <summary>Only letters of this message.</summary>
    public string? MessageId { get; init; }

    /// <summary>Only letters whose last error was of this type.</summary>
    public string? ErrorClass { get; init; }

    /// <summary>Only letters in this state; in any, where it is <see langword="null"/>.</summary>
    /// <value><see cref="DeadLetterState.Dead"/>.</value>
    public DeadLetterState? State { get; init; } = DeadLetterState.Dead;

    /// <summary>How many at most: 1 to 1,000.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>Where the page before ended.</summary>
    public string? Continuation { get; init; }
}
