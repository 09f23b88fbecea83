namespace OrderKit.Core;

/// <summary>The part of a payment that belongs to one order.</summary>
/// <param name="Order">The order.</param>
/// <param name="Amount">The share of the order.</param>
public sealed record PaymentShare(OrderKey Order, Money Amount);
