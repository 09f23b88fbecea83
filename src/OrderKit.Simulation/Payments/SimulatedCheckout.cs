using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>The host's record of what it asked a provider for, with which it compares notifications.</summary>
/// <param name="Source">The provider, as its notifications name it.</param>
/// <param name="MerchantTradeNumber">The number that the host gave it.</param>
/// <param name="Order">The order that is paid.</param>
/// <param name="Asked">How much was asked for.</param>
public sealed record SimulatedCheckout(string Source, string MerchantTradeNumber, OrderKey Order, Money Asked)
{
    /// <summary>The refunds that the host asks for, sooner or later.</summary>
    public IReadOnlyList<SimulatedRefund> Refunds { get; init; } = [];
}

/// <summary>Money that a provider gives back.</summary>
/// <param name="Number">The number that the host gave the refund.</param>
/// <param name="Amount">How much.</param>
/// <param name="PaidAt">When it is paid.</param>
public sealed record SimulatedRefund(string Number, Money Amount, DateTimeOffset PaidAt);
