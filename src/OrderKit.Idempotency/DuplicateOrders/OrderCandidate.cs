using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>An order that is about to be taken, with what the rules look at. What is not known is left out.</summary>
/// <remarks>Nothing personal of it is stored: guards keep digests; see <see cref="DuplicateOrderOptions.DigestKey"/>.</remarks>
public sealed record OrderCandidate
{
    /// <summary>The order; its id names its channel.</summary>
    public required OrderKey Order { get; init; }

    /// <summary>The channel's number of the order.</summary>
    public string? ExternalNumber { get; init; }

    /// <summary>The shop, where the channel's numbers repeat between shops.</summary>
    public string Shop { get; init; } = "";

    /// <summary>The buyer's account.</summary>
    public string? Buyer { get; init; }

    /// <summary>The cart that became the order.</summary>
    public string? Cart { get; init; }

    /// <summary>The articles.</summary>
    public IReadOnlyList<CandidateLine> Lines { get; init; } = [];

    /// <summary>The delivery address, in one text.</summary>
    public string? Address { get; init; }

    /// <summary>The receiver's phone number.</summary>
    public string? Phone { get; init; }

    /// <summary>The address that the order was sent from.</summary>
    public string? IpAddress { get; init; }

    /// <summary>The fingerprint of the device.</summary>
    public string? Device { get; init; }

    /// <summary>The total.</summary>
    public Money? Amount { get; init; }

    /// <summary>How it is paid, such as <c>alipay</c>; for <see cref="DuplicateOrderQuery.PaymentChannel"/>.</summary>
    public string? PaymentChannel { get; init; }

    /// <summary>Fields of the host's own, for dimensions that begin with <see cref="DuplicateDimensions.FieldPrefix"/>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>When it was placed, by the channel's clock.</summary>
    /// <value><see langword="null"/>: now, by the store's clock. Leave it so on own channels: the clocks of two nodes differ.</value>
    public DateTimeOffset? PlacedAt { get; init; }

    /// <summary>The instant by which it must be handed to the carrier.</summary>
    public DateTimeOffset? ShipBy { get; init; }

    /// <summary>Whether the warehouse has it already: it is then labelled and not held.</summary>
    public bool IsReleased { get; init; }
}
