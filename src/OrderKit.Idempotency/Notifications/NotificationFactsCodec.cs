using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Writes notifications into the quarantine, and reads them again.</summary>
internal static class NotificationFactsCodec
{
    private const byte Layout = 1;

    public static byte[] Encode(NotificationFacts facts)
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteString(facts.Tenant.Value);
        writer.WriteString(facts.Provider);
        writer.WriteString(facts.TransportId);
        writer.WriteString(facts.MerchantTradeNumber);
        writer.WriteString(facts.ProviderTradeNumber);
        writer.WriteByte((byte)facts.Kind);
        writer.WriteString(facts.RawStatus);
        writer.WriteString(facts.RefundNumber);
        writer.WriteString(facts.Amount?.Currency.Code);
        writer.WriteInt32(facts.Amount?.Currency.MinorDigits ?? 0);
        writer.WriteInt64(facts.Amount?.MinorUnits ?? 0);
        writer.WriteInt64(facts.OccurredAt is { } at ? Instants.ToUnixMicroseconds(at) : long.MinValue);
        writer.WriteBytes(facts.Raw.Span);
        return writer.WrittenSpan.ToArray();
    }

    public static NotificationFacts Decode(ReadOnlyMemory<byte> content)
    {
        var reader = new CanonicalReader(content.Span);
        reader.ReadVersion(Layout);
        var facts = new NotificationFacts
        {
            Tenant = new TenantId(reader.ReadRequiredString()),
            Provider = reader.ReadRequiredString(),
            TransportId = reader.ReadString(),
            MerchantTradeNumber = reader.ReadRequiredString(),
            ProviderTradeNumber = reader.ReadRequiredString(),
            Kind = (NotificationKind)reader.ReadByte(),
            RawStatus = reader.ReadRequiredString(),
            RefundNumber = reader.ReadString(),
        };
        var (currency, digits, units, at) = (reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64());
        facts = facts with
        {
            Amount = currency is null ? null : new Money(units, Currency.Custom(currency, digits)),
            OccurredAt = at == long.MinValue ? null : Instants.FromUnixMicroseconds(at),
            Raw = reader.ReadBytes().ToArray(),
        };
        reader.RequireEnd();
        return facts;
    }
}
