using System.Globalization;

namespace OrderKit.Core.Storage;

/// <summary>Makes the identity of a fact. A fact takes effect once per identity.</summary>
public static class FactIdentity
{
    /// <summary>The identity of a fact, unique per (order, source).</summary>
    /// <remarks>
    /// The first of these that exists: the <see cref="OrderFact.Id"/>; the trigger and the document number, such as
    /// <c>captured:2026020622001</c>, so that the callback, the browser return and the query of one trade are one fact; <c>sha256:</c> and
    /// the digest of the content. The trace, the response code and the operator are not part of the content. A command without id and
    /// time is a new one each time: the caller appends the version on which it was decided.
    /// </remarks>
    public static string Of(OrderFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if (fact.Id is { Length: > 0 } id)
        {
            return id;
        }

        return fact.Evidence is { Length: > 0 } evidence
            ? string.Concat(fact.Trigger, ":", evidence)
            : string.Concat("sha256:", ContentDigest(fact).ToString().AsSpan(0, 32));
    }

    /// <summary>The identity and a digest of the content. It tells two facts with the same id apart.</summary>
    public static string WithContent(OrderFact fact) => string.Concat(Of(fact), "#", ContentDigest(fact).ToString().AsSpan(0, 32));

    private static Digest ContentDigest(OrderFact fact)
    {
        var writer = new CanonicalWriter();
        writer.WriteByte(1);
        writer.WriteString(fact.Trigger);
        writer.WriteString(fact.Standing is { } standing ? ((int)standing).ToString(CultureInfo.InvariantCulture) : null);
        writer.WriteInt64(fact.OccurredAt is { } at ? Instants.ToUnixMicroseconds(at) : long.MinValue);
        writer.WriteString(fact.Amount?.ToString());
        writer.WriteInt64(fact.Quantity ?? long.MinValue);
        writer.WriteString(fact.RawStatus);
        writer.WriteInt64(fact.ReportedState ?? long.MinValue);
        writer.WriteString(fact.Revokes);
        writer.WriteInt32(fact.Holds.Count);
        foreach (var hold in fact.Holds)
        {
            writer.WriteString(hold);
        }

        writer.WriteString(fact.Model);
        writer.WriteString(fact.Profile);
        writer.WriteNullableInstant(fact.ShipBy);
        writer.WriteNullableInstant(fact.DeliverBy);
        writer.WriteNullableInstant(fact.Deadline);
        writer.WriteInt32(fact.Links.Count);
        foreach (var link in fact.Links)
        {
            writer.WriteString(link.Kind.Code);
            writer.WriteString(link.Value);
        }

        writer.WriteInt32(fact.Attachments.Count);
        foreach (var attachment in fact.Attachments)
        {
            writer.WriteString(attachment.Name);
            writer.WriteDigest(attachment.Digest);
        }

        writer.WriteString(fact.Note);
        writer.WriteBytes(fact.Payload.Span);
        return writer.ToDigest();
    }
}
