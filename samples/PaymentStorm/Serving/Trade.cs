using System.Globalization;
using OrderKit.Core;

namespace PaymentStorm.Serving;

/// <summary>A payment that waits for its callback. Numbers start at 0, so that a load tool can address it.</summary>
/// <param name="Number">The number of the trade and of its order.</param>
internal readonly record struct Trade(int Number)
{
    public const string Alipay = "alipay";
    public const string WeChatPay = "wechatpay";

    private const int Digits = 9;

    /// <summary>The amount of each order and of its payment: 200.00 CNY.</summary>
    public static Money Price => Callback.Price;

    /// <summary>The merchant's trade number: T and nine digits.</summary>
    public string MerchantNumber => string.Create(CultureInfo.InvariantCulture, $"T{Number:D9}");

    /// <summary>The provider: Alipay for even numbers, WeChat Pay for odd ones.</summary>
    public string Provider => Number % 2 == 0 ? Alipay : WeChatPay;

    public OrderKey Order => Callback.KeyOf(Number);

    public static bool TryParse(string text, out Trade trade)
    {
        var number = 0;
        var isOne = text.Length == 1 + Digits && text[0] == 'T' && int.TryParse(
            text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
        trade = new Trade(number);
        return isOne;
    }
}
