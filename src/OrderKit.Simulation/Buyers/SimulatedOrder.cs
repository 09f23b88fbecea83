using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>An order that a buyer places, as the channel tells it.</summary>
public sealed record SimulatedOrder
{
    /// <summary>The channel that tells it, such as <c>sim-channel-wx</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The order.</summary>
    public required OrderKey Order { get; init; }

    /// <summary>The channel's number of it.</summary>
    public required string Number { get; init; }

    /// <summary>The page's <c>Idempotency-Key</c>, the same for all tries of a submission; <see langword="null"/> on platforms.</summary>
    public string? SubmissionKey { get; init; }

    /// <summary>The buyer's account.</summary>
    public required string Buyer { get; init; }

    /// <summary>The cart; <see langword="null"/> on platforms, which keep it to themselves.</summary>
    public string? Cart { get; init; }

    /// <summary>The articles.</summary>
    public required IReadOnlyList<SimulatedOrderLine> Lines { get; init; }

    /// <summary>The delivery address.</summary>
    public required string Address { get; init; }

    /// <summary>The address that it was sent from, out of the ranges for documentation.</summary>
    public required string IpAddress { get; init; }

    /// <summary>The fingerprint of the device.</summary>
    public required string Device { get; init; }

    /// <summary>The total.</summary>
    public required Money Amount { get; init; }

    /// <summary>The name of the provider by which it is to be paid.</summary>
    public required string PaymentChannel { get; init; }

    /// <summary>When the buyer pressed the button.</summary>
    public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>The instant by which it must be handed to the carrier.</summary>
    public required DateTimeOffset ShipBy { get; init; }

    /// <summary>The same, as a fact for the order's lifecycle.</summary>
    public required OrderFact Placed { get; init; }
}

/// <summary>An article of a <see cref="SimulatedOrder"/>.</summary>
/// <param name="Sku">The article's number.</param>
/// <param name="Quantity">How many pieces.</param>
public sealed record SimulatedOrderLine(string Sku, long Quantity);
