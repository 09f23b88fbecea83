using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>A sale to which the world happens: one of its own, or a real one of yours.</summary>
/// <param name="Order">The order.</param>
/// <param name="Number">The channel's own number.</param>
/// <param name="Amount">What the buyer owes.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="PlacedAt">When it was placed.</param>
public sealed record SimulatedSale(OrderKey Order, string Number, Money Amount, long Quantity, DateTimeOffset PlacedAt)
{
    /// <summary>Money that goes back later, with or without the goods.</summary>
    public IReadOnlyList<SimulatedReturn> Returns { get; init; } = [];

    /// <summary>The merchant's trade number. Payment callbacks carry it: link it when you place the order yourself.</summary>
    public OrderReference TradeNumber => new(Order.Tenant, ReferenceKind.Trade, $"T-{Order.Order.Channel}-{Number}");
}

/// <summary>Money that goes back to the buyer of a <see cref="SimulatedSale"/>.</summary>
/// <param name="Number">The number of the credit note or the ticket.</param>
/// <param name="Amount">How much goes back.</param>
/// <param name="Quantity">How many pieces come back.</param>
/// <param name="At">When it was granted; the provider pays later.</param>
public sealed record SimulatedReturn(string Number, Money Amount, long Quantity, DateTimeOffset At);
