namespace OrderKit.Core.Storage;

/// <summary>Converts facts to and from bytes, for facts in a store or in a message.</summary>
/// <remarks>
/// The layout has a version; a later release reads what an earlier one wrote. Instants are cut to microseconds and converted to UTC.
/// </remarks>
public static class OrderFactCodec
{
    private const byte Layout = 1;

    /// <summary>Writes a fact.</summary>
    /// <exception cref="ArgumentException">A text of the fact has half a surrogate pair, which has no UTF-8 form.</exception>
    public static byte[] Encode(OrderFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteString(fact.Trigger);
        writer.WriteString(fact.Source);
        writer.WriteBoolean(fact.Order is not null);
        if (fact.Order is { } order)
        {
            writer.WriteString(order.Tenant.Value);
            writer.WriteString(order.Order.Value);
        }

        writer.WriteBoolean(fact.Reference is not null);
        if (fact.Reference is { } reference)
        {
            Write(writer, reference);
        }

        writer.WriteString(fact.Id);
        writer.WriteString(fact.Evidence);
        writer.WriteString(fact.Revokes);
        writer.WriteNullableInt32((int?)fact.Standing);
        writer.WriteNullableInstant(fact.OccurredAt);
        writer.WriteBoolean(fact.Amount is not null);
        if (fact.Amount is { } amount)
        {
            writer.WriteInt64(amount.MinorUnits);
            writer.WriteString(amount.Currency.Code);
            writer.WriteInt32(amount.Currency.MinorDigits);
        }

        writer.WriteNullableInt64(fact.Quantity);
        writer.WriteInt32(fact.Holds.Count);
        foreach (var hold in fact.Holds)
        {
            writer.WriteString(hold);
        }

        writer.WriteNullableInt32(fact.ReportedState);
        writer.WriteString(fact.RawStatus);
        writer.WriteString(fact.Model);
        writer.WriteString(fact.Profile);
        writer.WriteNullableInstant(fact.ShipBy);
        writer.WriteNullableInstant(fact.DeliverBy);
        writer.WriteNullableInstant(fact.Deadline);
        writer.WriteInt32(fact.Links.Count);
        foreach (var link in fact.Links)
        {
            Write(writer, link);
        }

        writer.WriteString(fact.Operator);
        writer.WriteString(fact.TraceId);
        writer.WriteString(fact.ResponseCode);
        writer.WriteString(fact.Note);
        writer.WriteBytes(fact.Payload.Span);
        writer.WriteInt32(fact.Attachments.Count);
        foreach (var attachment in fact.Attachments)
        {
            writer.WriteString(attachment.Name);
            writer.WriteString(attachment.MediaType);
            writer.WriteDigest(attachment.Digest);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a fact.</summary>
    /// <exception cref="FormatException">The bytes are incomplete, were written by a newer release, or are not a fact.</exception>
    public static OrderFact Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new CanonicalReader(content);
            var fact = Read(ref reader);
            reader.RequireEnd();
            return fact;
        }
        catch (ArgumentException exception)
        {
            // An identifier that breaks its own rule was never written by Encode.
            throw new FormatException($"The bytes are no fact: {exception.Message}", exception);
        }
    }

    private static OrderFact Read(ref CanonicalReader reader)
    {
        reader.ReadVersion(Layout);

        // The order of these lines is the layout: object initializers run from top to bottom.
        return new OrderFact
        {
            Trigger = reader.ReadRequiredString(),
            Source = reader.ReadRequiredString(),
            Order = reader.ReadBoolean() ? new OrderKey(new TenantId(reader.ReadRequiredString()), ReadOrderId(ref reader)) : null,
            Reference = reader.ReadBoolean() ? ReadReference(ref reader) : null,
            Id = reader.ReadString(),
            Evidence = reader.ReadString(),
            Revokes = reader.ReadString(),
            Standing = reader.ReadNullableInt32() is { } standing ? ToStanding(standing) : null,
            OccurredAt = reader.ReadNullableInstant(),
            Amount = reader.ReadBoolean() ? ReadMoney(ref reader) : null,
            Quantity = reader.ReadNullableInt64(),
            Holds = ReadTexts(ref reader),
            ReportedState = reader.ReadNullableInt32(),
            RawStatus = reader.ReadString(),
            Model = reader.ReadString(),
            Profile = reader.ReadString(),
            ShipBy = reader.ReadNullableInstant(),
            DeliverBy = reader.ReadNullableInstant(),
            Deadline = reader.ReadNullableInstant(),
            Links = ReadReferences(ref reader),
            Operator = reader.ReadString(),
            TraceId = reader.ReadString(),
            ResponseCode = reader.ReadString(),
            Note = reader.ReadString(),
            Payload = reader.ReadBytes().ToArray(),
            Attachments = ReadAttachments(ref reader),
        };
    }

    private static void Write(CanonicalWriter writer, OrderReference reference)
    {
        writer.WriteString(reference.Tenant.Value);
        writer.WriteString(reference.Kind.Code);
        writer.WriteString(reference.Value);
    }

    private static OrderId ReadOrderId(ref CanonicalReader reader) =>
        reader.ReadRequiredString() is { Length: > 0 } text ? OrderId.Parse(text) : default;

    private static OrderReference ReadReference(ref CanonicalReader reader)
    {
        var tenant = reader.ReadRequiredString();
        var kind = reader.ReadRequiredString();
        var value = reader.ReadRequiredString();
        // The default reference has no kind; it can be written, and comes back as what it was.
        return kind.Length == 0 ? default : new OrderReference(new TenantId(tenant), new ReferenceKind(kind), value);
    }

    private static Money ReadMoney(ref CanonicalReader reader)
    {
        var minorUnits = reader.ReadInt64();
        var code = reader.ReadRequiredString();
        return new Money(minorUnits, Currency.Custom(code, reader.ReadInt32()));
    }

    private static FactStanding ToStanding(int value) =>
        value is >= (int)FactStanding.Fact and <= (int)FactStanding.Report
            ? (FactStanding)value
            : throw new FormatException($"{value} is no standing of a fact; 0 to 2 are.");

    private static string[] ReadTexts(ref CanonicalReader reader)
    {
        var texts = new List<string>();
        for (var rest = ReadCount(ref reader); rest > 0; rest--)
        {
            texts.Add(reader.ReadRequiredString());
        }

        return [.. texts];
    }

    private static OrderReference[] ReadReferences(ref CanonicalReader reader)
    {
        var references = new List<OrderReference>();
        for (var rest = ReadCount(ref reader); rest > 0; rest--)
        {
            references.Add(ReadReference(ref reader));
        }

        return [.. references];
    }

    private static FactAttachment[] ReadAttachments(ref CanonicalReader reader)
    {
        var attachments = new List<FactAttachment>();
        for (var rest = ReadCount(ref reader); rest > 0; rest--)
        {
            attachments.Add(new FactAttachment(reader.ReadRequiredString(), reader.ReadRequiredString(), reader.ReadDigest()));
        }

        return [.. attachments];
    }

    // No memory is allocated for the count: if it is wrong, the bytes end first.
    private static int ReadCount(ref CanonicalReader reader)
    {
        var count = reader.ReadInt32();
        return count >= 0 ? count : throw new FormatException($"{count} is no number of items; the content has another layout.");
    }
}
