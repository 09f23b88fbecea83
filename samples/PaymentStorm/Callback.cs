using System.Globalization;
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

    private const string Day = "20260206";
    private const long LargestOrder = 1_000_000_000;

    /// <summary>The money of one part.</summary>
    public static readonly Money Amount = new(5_000, Currency.CNY);

    /// <summary>The whole price of an order.</summary>
    public static readonly Money Price = new(5_000 * Parts, Currency.CNY);

    public static OrderKey KeyOf(int order) => OrderKey.For(OrderId.Derive(new ChannelCode("STORM"), $"S{order:D9}"));

    public static OrderFact Placed(int order) => new()
    {
        Trigger = "placed", Source = "shop", Id = $"placed:{order}", Order = KeyOf(order), Amount = Price, Quantity = 1,
    };

    /// <summary>The provider's number of the trade; such numbers grow with time.</summary>
    public string Trade => string.Create(CultureInfo.InvariantCulture, $"{Day}{(Part * LargestOrder) + Order:D12}");

    /// <summary>The callback of a trade.</summary>
    /// <exception cref="FormatException">It is none of this storm.</exception>
    public static Callback Of(string? trade)
    {
        if (trade?.StartsWith(Day, StringComparison.Ordinal) != true)
        {
            throw new FormatException($"The trade '{trade}' is none of this storm.");
        }

        var number = long.Parse(trade.AsSpan(Day.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        return new Callback((int)(number % LargestOrder), (int)(number / LargestOrder));
    }

    /// <summary>The callback as it is delivered.</summary>
    public IntakeRequest ToRequest()
    {
        var trade = Trade;
        return new IntakeRequest(
            OperationKey.Of("payment", trade),
            Fingerprint.Of(("trade", trade), ("amount", Amount)),
            new OrderFact
            {
                Trigger = "captured", Source = "provider", Id = trade, Evidence = trade, Order = KeyOf(Order), Amount = Amount, RawStatus = "TRADE_SUCCESS",
            });
    }
}
