using System.Runtime.InteropServices;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Writes a journal row as the bytes that are hashed: one form for one content, on every machine.</summary>
/// <remarks>
/// Every field is written but <see cref="JournalEntry.Segment"/>, which the row gets only by being sealed. The fields stand in a fixed
/// order in the form of <see cref="CanonicalWriter"/>, so that no two contents give the same bytes.
/// </remarks>
internal static class JournalCodec
{
    private const byte Version = 2;
    private const int HalfPair = -2;

    public static void Write(CanonicalWriter writer, OrderKey order, JournalEntry entry)
    {
        writer.WriteVersion(Version);
        writer.WriteString(order.Tenant.Value);
        writer.WriteString(order.Order.Value);
        writer.WriteInt64(entry.Version);
        writer.WriteBoolean(entry.IsTransition);
        writer.WriteInt64((long)entry.Model.Value);
        Text(writer, entry.Trigger);
        writer.WriteByte((byte)entry.Standing);
        writer.WriteByte((byte)entry.Kind);
        writer.WriteByte((byte)entry.Reason);
        writer.WriteInt64((long)entry.States.Packed);
        writer.WriteInt32(entry.MovedFacets);
        writer.WriteInt32((int)entry.Holds);
        writer.WriteInt32((int)entry.Cases);
        writer.WriteInt32((int)entry.Anchors);
        writer.WriteInt32(entry.Profile);
        writer.WriteInt32(entry.First.Index);
        writer.WriteInt64(entry.First.Change);
        writer.WriteInt32(entry.Second.Index);
        writer.WriteInt64(entry.Second.Change);
        Text(writer, entry.FailedGuards);
        Text(writer, entry.Source);
        Text(writer, entry.FactId);
        Text(writer, entry.Evidence);
        writer.WriteNullableInstant(entry.OccurredAt);
        writer.WriteInstant(entry.RecordedAt);
        writer.WriteNullableInt64(entry.Amount);
        Text(writer, entry.Currency);
        writer.WriteNullableInt64(entry.Quantity);
        writer.WriteNullableInt32(entry.ReportedState);
        Text(writer, entry.RawStatus);
        writer.WriteNullableInstant(entry.ShipBy);
        writer.WriteNullableInstant(entry.DeliverBy);
        Text(writer, entry.Operator);
        Text(writer, entry.TraceId);
        Text(writer, entry.ResponseCode);
        writer.WriteInt32(entry.Attachments.Count);
        foreach (var attachment in entry.Attachments)
        {
            Text(writer, attachment.Name);
            Text(writer, attachment.MediaType);
            writer.WriteDigest(attachment.Digest);
        }

        writer.WriteNullableDigest(entry.DetailDigest);
    }

    // Half a surrogate pair has no UTF-8 form, and a row that cannot be sealed would hold up all others. Such a text is written as its
    // UTF-16 code units behind a length that no other text has.
    private static void Text(CanonicalWriter writer, string? text)
    {
        if (text is not null && OrderLifecycle.HasHalfAPair(text))
        {
            writer.WriteInt32(HalfPair);
            writer.WriteBytes(MemoryMarshal.AsBytes(text.AsSpan()));
        }
        else
        {
            writer.WriteString(text);
        }
    }
}
