using OrderKit;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace PaymentStorm;

/// <summary>One of the four parts in which an order is paid, as the provider tells of it.</summary>
/// <param name="Order">Which order, counted from 0.</param>
/// <param name="Part">Which part of its payment.</param>
internal readonly record struct Callback(int Order, int Part)
{
    public const int Parts = 4;

    /// <summary>The money of one part.</summary>
    public static readonly Money Amount = new(5_000, Currency.CNY);

    /// <summary>The whole price of an order.</summary>
    public static readonly Money Price = new(5_000 * Parts, Currency.CNY);

    public static OrderKey KeyOf(int order) => OrderKey.For(OrderId.Derive(new ChannelCode("STORM"), $"S{order:D9}"));

    public static OrderFact Placed(int order) => new()
    {
        Trigger = "placed", Source = "shop", Id = $"placed:{order}", Order = KeyOf(order), Amount = Price, Quantity = 1,
    };

    /// <summary>The callback as it is delivered; the ids of providers grow with time.</summary>
    public IntakeRequest ToRequest()
    {
        var trade = $"20260206{(Part * 1_000_000_000L) + Order:D12}";
        return new IntakeRequest(
            OperationKey.Of("payment", trade),
            Fingerprint.Of(("trade", trade), ("amount", Amount)),
            new OrderFact
            {
                Trigger = "captured", Source = "provider", Id = trade, Evidence = trade, Order = KeyOf(Order), Amount = Amount, RawStatus = "TRADE_SUCCESS",
            });
    }
}
