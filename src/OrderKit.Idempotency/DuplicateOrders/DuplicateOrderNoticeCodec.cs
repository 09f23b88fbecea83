using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Writes and reads the bodies of the outbox messages about held orders.</summary>
public static class DuplicateOrderNoticeCodec
{
    /// <summary>The type of the outbox messages.</summary>
    public const string MessageType = "orderkit.duplicate-order.v1";

    private const byte Layout = 1;

    /// <summary>Encodes a notice.</summary>
    public static byte[] Encode(DuplicateOrderNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteString(notice.Order.Tenant.Value);
        writer.WriteString(notice.Order.Order.Value);
        writer.WriteString(notice.Earlier.Order.Value);
        writer.WriteString(notice.Rule);
        writer.WriteString(NameOf(notice.State));
        writer.WriteString(notice.Operator);
        writer.WriteString(notice.Reason);
        writer.WriteBoolean(notice.Refund is not null);
        if (notice.Refund is { } refund)
        {
            writer.WriteInt64(refund.MinorUnits);
            writer.WriteString(refund.Currency.Code);
            writer.WriteInt32(refund.Currency.MinorDigits);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Decodes a notice.</summary>
    /// <exception cref="FormatException">The bytes are truncated, were written by a newer release, or are not a notice.</exception>
    public static DuplicateOrderNotice Decode(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new CanonicalReader(body);
            reader.ReadVersion(Layout);
            var tenant = new TenantId(reader.ReadRequiredString());
            var notice = new DuplicateOrderNotice(
                new OrderKey(tenant, OrderId.Parse(reader.ReadRequiredString())),
                new OrderKey(tenant, OrderId.Parse(reader.ReadRequiredString())),
                reader.ReadRequiredString(),
                StateOf(reader.ReadRequiredString()),
                reader.ReadString(),
                reader.ReadString(),
                reader.ReadBoolean() ? ReadMoney(ref reader) : null);
            reader.RequireEnd();
            return notice;
        }
        catch (ArgumentException exception)
        {
            // Encode never writes an invalid identifier.
            throw new FormatException($"The bytes are not a valid {MessageType} message: {exception.Message}", exception);
        }
    }

    internal static string NameOf(SuspicionState state) => state switch
    {
        SuspicionState.Labelled => "labelled",
        SuspicionState.Held => "held",
        SuspicionState.Released => "released",
        SuspicionState.Merged => "merged",
        SuspicionState.Voided => "voided",
        SuspicionState.Lapsed => "lapsed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "The value is not a state of a suspected duplicate."),
    };

    private static SuspicionState StateOf(string name)
    {
        foreach (var state in Enum.GetValues<SuspicionState>())
        {
            if (NameOf(state) == name)
            {
                return state;
            }
        }

        throw new FormatException(
            $"'{name}' is not a state of a suspected duplicate. A newer release wrote it, or the bytes are not a {MessageType} message.");
    }

    private static Money ReadMoney(ref CanonicalReader reader)
    {
        var minorUnits = reader.ReadInt64();
        var code = reader.ReadRequiredString();
        return new Money(minorUnits, Currency.Custom(code, reader.ReadInt32()));
    }
}
