using System.Text.Json;
using OrderKit.AspNetCore;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace PaymentStorm.Serving;

/// <summary>Reads the JSON that WeChat Pay sends, with a plain resource. A wrong value is refused with the name of its field.</summary>
internal static class WeChatPayCallback
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public static NotificationReading Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return Read(document.RootElement, body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or with text that is not Unicode.
            return new NotificationReading.Refused("json");
        }
    }

    private static NotificationReading Read(JsonElement notice, ReadOnlyMemory<byte> body)
    {
        if (Text(notice, "id") is not { } id)
        {
            return new NotificationReading.Refused("id");
        }

        if (!TryGet(notice, "resource", JsonValueKind.Object, out var resource))
        {
            return new NotificationReading.Refused("resource");
        }

        NotificationKind kind;
        switch (Text(resource, "trade_state"))
        {
            case "SUCCESS":
                kind = NotificationKind.Paid;
                break;
            case "CLOSED" or "REVOKED":
                kind = NotificationKind.Closed;
                break;
            case "NOTPAY" or "USERPAYING":
                return new NotificationReading.Irrelevant();
            default:
                return new NotificationReading.Refused("trade_state");
        }

        return Text(resource, "out_trade_no") is not { } merchant ? new NotificationReading.Refused("out_trade_no")
            : Text(resource, "transaction_id") is not { } trade ? new NotificationReading.Refused("transaction_id")
            : !TryReadAmount(resource, out var amount) ? new NotificationReading.Refused("amount")
            : new NotificationReading.Verified(new NotificationFacts
            {
                Provider = Trade.WeChatPay,
                TransportId = id,
                MerchantTradeNumber = merchant,
                ProviderTradeNumber = trade,
                Kind = kind,
                RawStatus = Text(resource, "trade_state")!,
                Amount = amount,
                Raw = body,
            });
    }

    // In fen, as a number: WeChat Pay does not send the text "20000".
    private static bool TryReadAmount(JsonElement resource, out Money amount)
    {
        amount = default;
        if (!TryGet(resource, "amount", JsonValueKind.Object, out var element)
            || Text(element, "currency") != Currency.CNY.Code
            || !TryGet(element, "total", JsonValueKind.Number, out var total)
            || !total.TryGetInt64(out var fen)
            || fen <= 0)
        {
            return false;
        }

        amount = new Money(fen, Currency.CNY);
        return true;
    }

    private static string? Text(JsonElement element, string name) =>
        TryGet(element, name, JsonValueKind.String, out var value) && value.GetString() is { Length: > 0 } text ? text : null;

    private static bool TryGet(JsonElement element, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind == kind;
    }
}
