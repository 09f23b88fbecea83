namespace OrderKit.Core;

/// <summary>The part of a payment that belongs to one order.</summary>
/// <param name="Order">The order.</param>
/// <param name="Amount">Its part.</param>
public sealed record PaymentShare(OrderKey Order, Money Amount);
