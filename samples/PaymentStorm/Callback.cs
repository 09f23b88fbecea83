using System.Globalization;
using OrderKit;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace PaymentStorm;

/// <summary>A callback about one of the four parts in which an order is paid.</summary>
/// <param name="Order">The order, counted from 0.</param>
/// <param name="Part">The part of its payment.</param>
internal readonly record struct Callback(int Order, int Part)
{
    public const int Parts = 4;

    private const string Day = "20260206";
    private const long LargestOrder = 1_000_000_000;

    /// <summary>The amount of one part.</summary>
    public static readonly Money Amount = new(5_000, Currency.CNY);

    /// <summary>The total of an order.</summary>
    public static readonly Money Price = new(5_000 * Parts, Currency.CNY);

    public static OrderKey KeyOf(int order) => OrderKey.For(OrderId.Derive(new ChannelCode("STORM"), $"S{order:D9}"));

    public static OrderFact Placed(int order) => new()
    {
        Trigger = "placed", Source = "shop", Id = $"placed:{order}", Order = KeyOf(order), Amount = Price, Quantity = 1,
    };

    /// <summary>The provider's trade number. Such numbers grow over time.</summary>
    public string Trade => string.Create(CultureInfo.InvariantCulture, $"{Day}{(Part * LargestOrder) + Order:D12}");

    /// <summary>Returns the callback of a trade.</summary>
    /// <exception cref="FormatException">The trade is not part of this storm.</exception>
    public static Callback Of(string? trade)
    {
        if (trade?.StartsWith(Day, StringComparison.Ordinal) != true)
        {
            throw new FormatException($"The trade '{trade}' is none of this storm.");
        }

        var number = long.Parse(trade.AsSpan(Day.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        return new Callback((int)(number % LargestOrder), (int)(number / LargestOrder));
    }

    /// <summary>Returns the request that is delivered.</summary>
    public IntakeRequest ToRequest()
    {
        var trade = Trade;
        return new IntakeRequest(
            OperationKey.Of("payment", trade),
            Fingerprint.Of(("trade", trade), ("amount", Amount)),
            new OrderFact
            {
                Trigger = "captured", Source = "provider", Id = trade, Evidence = trade, Order = KeyOf(Order), Amount = Amount,
                RawStatus = "TRADE_SUCCESS",
            });
    }
}
