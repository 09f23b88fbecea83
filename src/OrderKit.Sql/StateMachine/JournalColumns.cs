using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Sql;

/// <summary>How a journal entry lies in its row, beside the number of the order.</summary>
internal static class JournalColumns
{
    private const byte AttachmentsLayout = 1;

    internal static readonly SqlColumns<JournalEntry> Columns = new(
        SqlColumn<JournalEntry>.Number("version", e => e.Version),
        SqlColumn<JournalEntry>.Number("is_transition", e => e.IsTransition ? 1 : 0),
        SqlColumn<JournalEntry>.Number("model", e => unchecked((long)e.Model.Value)),
        SqlColumn<JournalEntry>.Text("trigger_name", e => e.Trigger),
        SqlColumn<JournalEntry>.Number("standing", e => (long)e.Standing),
        SqlColumn<JournalEntry>.Number("kind", e => (long)e.Kind),
        SqlColumn<JournalEntry>.Number("reason", e => (long)e.Reason),
        SqlColumn<JournalEntry>.Number("states", e => unchecked((long)e.States.Packed)),
        SqlColumn<JournalEntry>.Number("moved_facets", e => e.MovedFacets),
        SqlColumn<JournalEntry>.Number("holds", e => e.Holds),
        SqlColumn<JournalEntry>.Number("cases", e => e.Cases),
        SqlColumn<JournalEntry>.Number("anchors", e => e.Anchors),
        SqlColumn<JournalEntry>.Number("profile", e => e.Profile),
        SqlColumn<JournalEntry>.Number("first_index", e => e.First.Index),
        SqlColumn<JournalEntry>.Number("first_change", e => e.First.Change),
        SqlColumn<JournalEntry>.Number("second_index", e => e.Second.Index),
        SqlColumn<JournalEntry>.Number("second_change", e => e.Second.Change),
        SqlColumn<JournalEntry>.Text("failed_guards", e => e.FailedGuards),
        SqlColumn<JournalEntry>.Text("source", e => e.Source),
        SqlColumn<JournalEntry>.Text("fact_id", e => e.FactId),
        SqlColumn<JournalEntry>.Text("evidence", e => e.Evidence),
        SqlColumn<JournalEntry>.Instant("occurred_at", e => e.OccurredAt),
        SqlColumn<JournalEntry>.Instant("recorded_at", e => e.RecordedAt),
        SqlColumn<JournalEntry>.Number("amount", e => e.Amount),
        SqlColumn<JournalEntry>.Text("currency", e => e.Currency),
        SqlColumn<JournalEntry>.Number("quantity", e => e.Quantity),
        SqlColumn<JournalEntry>.Number("reported_state", e => e.ReportedState),
        SqlColumn<JournalEntry>.Text("raw_status", e => e.RawStatus),
        SqlColumn<JournalEntry>.Instant("ship_by", e => e.ShipBy),
        SqlColumn<JournalEntry>.Instant("deliver_by", e => e.DeliverBy),
        SqlColumn<JournalEntry>.Text("operator_id", e => e.Operator),
        SqlColumn<JournalEntry>.Text("trace_id", e => e.TraceId),
        SqlColumn<JournalEntry>.Text("response_code", e => e.ResponseCode),
        SqlColumn<JournalEntry>.Bytes("attachments", e => Encode(e.Attachments)),
        SqlColumn<JournalEntry>.Bytes("detail_digest", e => e.DetailDigest?.ToArray()));

    /// <summary>The columns in the order in which <see cref="Read"/> reads them.</summary>
    internal static string Select(string alias) => $"{Columns.NamesOf(alias)}, {alias}.segment";

    internal static JournalEntry Read(SqlRow row, int from = 0) => new()
    {
        Version = row.Int64(from),
        IsTransition = row.Int64(from + 1) != 0,
        Model = new ModelFingerprint(unchecked((ulong)row.Int64(from + 2))),
        Trigger = row.Text(from + 3),
        Standing = (FactStanding)row.Int64(from + 4),
        Kind = (DecisionKind)row.Int64(from + 5),
        Reason = (DecisionReason)row.Int64(from + 6),
        States = new StateCodes(unchecked((ulong)row.Int64(from + 7))),
        MovedFacets = row.Int32(from + 8),
        Holds = (uint)row.Int64(from + 9),
        Cases = (uint)row.Int64(from + 10),
        Anchors = (uint)row.Int64(from + 11),
        Profile = row.Int32(from + 12),
        First = new CounterChange(row.Int32(from + 13), row.Int64(from + 14)),
        Second = new CounterChange(row.Int32(from + 15), row.Int64(from + 16)),
        FailedGuards = row.NullableText(from + 17),
        Source = row.Text(from + 18),
        FactId = row.Text(from + 19),
        Evidence = row.NullableText(from + 20),
        OccurredAt = row.NullableInstant(from + 21),
        RecordedAt = row.Instant(from + 22),
        Amount = row.NullableInt64(from + 23),
        Currency = row.NullableText(from + 24),
        Quantity = row.NullableInt64(from + 25),
        ReportedState = row.NullableInt32(from + 26),
        RawStatus = row.NullableText(from + 27),
        ShipBy = row.NullableInstant(from + 28),
        DeliverBy = row.NullableInstant(from + 29),
        Operator = row.NullableText(from + 30),
        TraceId = row.NullableText(from + 31),
        ResponseCode = row.NullableText(from + 32),
        Attachments = row.NullableBytes(from + 33) is { } attachments ? Decode(attachments) : [],
        DetailDigest = row.NullableBytes(from + 34) is { } digest ? Digest.FromBytes(digest) : null,
        Segment = row.NullableInt64(from + 35),
    };

    private static byte[]? Encode(IReadOnlyList<FactAttachment> attachments)
    {
        if (attachments.Count == 0)
        {
            return null;
        }

        var writer = new CanonicalWriter();
        writer.WriteVersion(AttachmentsLayout);
        writer.WriteInt32(attachments.Count);
        foreach (var attachment in attachments)
        {
            writer.WriteString(attachment.Name);
            writer.WriteString(attachment.MediaType);
            writer.WriteDigest(attachment.Digest);
        }

        return writer.WrittenSpan.ToArray();
    }

    private static List<FactAttachment> Decode(ReadOnlySpan<byte> content)
    {
        var reader = new CanonicalReader(content);
        reader.ReadVersion(AttachmentsLayout);
        var attachments = new List<FactAttachment>();
        for (var rest = reader.ReadInt32(); rest > 0; rest--)
        {
            attachments.Add(new FactAttachment(reader.ReadRequiredString(), reader.ReadRequiredString(), reader.ReadDigest()));
        }

        reader.RequireEnd();
        return attachments;
    }
}
