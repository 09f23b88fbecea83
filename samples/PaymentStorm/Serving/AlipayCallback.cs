using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using OrderKit.AspNetCore;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace PaymentStorm.Serving;

/// <summary>Reads the form that Alipay sends. A wrong value is refused with the name of its field.</summary>
internal static class AlipayCallback
{
    private const int AmountDigits = 2;
    private const decimal LargestAmount = 100_000_000m;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static NotificationReading Read(string? contentType, ReadOnlyMemory<byte> body)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return new NotificationReading.Refused("content-type");
        }

        Dictionary<string, StringValues> form;
        try
        {
            form = QueryHelpers.ParseQuery(Strict.GetString(body.Span));
        }
        catch (ArgumentException)
        {
            return new NotificationReading.Refused("encoding");
        }

        NotificationKind kind;
        switch (Field("trade_status"))
        {
            case "TRADE_SUCCESS":
                kind = NotificationKind.Paid;
                break;
            case "TRADE_FINISHED":
                kind = NotificationKind.Finished;
                break;
            case "TRADE_CLOSED":
                kind = NotificationKind.Closed;
                break;
            case "WAIT_BUYER_PAY":
                return new NotificationReading.Irrelevant();
            default:
                return new NotificationReading.Refused("trade_status");
        }

        return Field("notify_id") is not { } id ? new NotificationReading.Refused("notify_id")
            : Field("out_trade_no") is not { } merchant ? new NotificationReading.Refused("out_trade_no")
            : Field("trade_no") is not { } trade ? new NotificationReading.Refused("trade_no")
            : !TryReadAmount(Field("total_amount"), out var amount) ? new NotificationReading.Refused("total_amount")
            : new NotificationReading.Verified(new NotificationFacts
            {
                Provider = Trade.Alipay,
                TransportId = id,
                MerchantTradeNumber = merchant,
                ProviderTradeNumber = trade,
                Kind = kind,
                RawStatus = form["trade_status"].ToString(),
                Amount = amount,
                Raw = body,
            });

        // A field that occurs twice has no value.
        string? Field(string name) => form.TryGetValue(name, out var values) && values is [{ Length: > 0 } value] ? value : null;
    }

    private static bool TryReadAmount(string? text, out Money amount)
    {
        var isOne = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= LargestAmount && number.Scale <= AmountDigits;
        amount = isOne ? Money.FromMajor(number, Currency.CNY) : default;
        return isOne;
    }
}
