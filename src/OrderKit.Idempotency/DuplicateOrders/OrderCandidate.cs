using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>An order to check, with the values that the rules compare. Leave out what is unknown.</summary>
/// <remarks>No personal data is stored. Guards keep digests; see <see cref="DuplicateOrderOptions.DigestKey"/>.</remarks>
public sealed record OrderCandidate
{
    /// <summary>The order. Its id contains the channel.</summary>
    public required OrderKey Order { get; init; }

    /// <summary>The channel's order number.</summary>
    public string? ExternalNumber { get; init; }

    /// <summary>The shop, if order numbers of the channel are unique only within a shop.</summary>
    public string Shop { get; init; } = "";

    /// <summary>The buyer's account.</summary>
    public string? Buyer { get; init; }

    /// <summary>The cart that became the order.</summary>
    public string? Cart { get; init; }

    /// <summary>The articles.</summary>
    public IReadOnlyList<CandidateLine> Lines { get; init; } = [];

    /// <summary>The delivery address as one text.</summary>
    public string? Address { get; init; }

    /// <summary>The receiver's phone number.</summary>
    public string? Phone { get; init; }

    /// <summary>The IP address that the order was placed from.</summary>
    public string? IpAddress { get; init; }

    /// <summary>The fingerprint of the device.</summary>
    public string? Device { get; init; }

    /// <summary>The total.</summary>
    public Money? Amount { get; init; }

    /// <summary>The payment channel, such as <c>alipay</c>; see <see cref="DuplicateOrderQuery.PaymentChannel"/>.</summary>
    public string? PaymentChannel { get; init; }

    /// <summary>Fields that the host defines, for dimensions that begin with <see cref="DuplicateDimensions.FieldPrefix"/>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>When the order was placed, by the channel's clock.</summary>
    /// <value><see langword="null"/>: now, by the store's clock. Use this on own channels, because the clocks of two nodes differ.</value>
    public DateTimeOffset? PlacedAt { get; init; }

    /// <summary>The time by which the order must be handed to the carrier.</summary>
    public DateTimeOffset? ShipBy { get; init; }

    /// <summary>Whether the warehouse already has the order. Such an order is labelled instead of held.</summary>
    public bool IsReleased { get; init; }
}
