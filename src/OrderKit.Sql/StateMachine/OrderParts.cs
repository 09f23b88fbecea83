using System.Text;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Sql;

/// <summary>The rows that belong to an order's change, as columns beside the number of the order.</summary>
internal static class OrderParts
{
    internal static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static readonly SqlColumns<JournalDetail> Details = new(
        SqlColumn<JournalDetail>.Number("version", d => d.Version),
        SqlColumn<JournalDetail>.Bytes("salt", d => SqlValue.Bytes(d.Salt)),
        // As bytes: a note may hold what a text column of some database refuses, and nobody searches in it.
        SqlColumn<JournalDetail>.Bytes("note", d => d.Note is null ? null : StrictUtf8.GetBytes(d.Note)),
        SqlColumn<JournalDetail>.Bytes("payload", d => SqlValue.Bytes(d.Payload)));

    internal static readonly SqlColumns<OutboxMessage> Messages = new(
        SqlColumn<OutboxMessage>.Text("destination", m => m.Destination),
        SqlColumn<OutboxMessage>.Text("lane", m => m.Lane),
        SqlColumn<OutboxMessage>.Text("message_id", m => m.MessageId),
        SqlColumn<OutboxMessage>.Text("tenant", m => m.Tenant.Value),
        SqlColumn<OutboxMessage>.Text("type", m => m.Type),
        SqlColumn<OutboxMessage>.Bytes("body", m => SqlValue.Bytes(m.Body)));

    internal static readonly SqlColumns<DeadlineChange> Deadlines = new(
        SqlColumn<DeadlineChange>.Number("facet", d => d.Facet),
        SqlColumn<DeadlineChange>.Instant("due_at", d => d.DueAt),
        SqlColumn<DeadlineChange>.Instant("claimable_at", d => d.DueAt),
        SqlColumn<DeadlineChange>.Number("version", d => d.Version),
        SqlColumn<DeadlineChange>.Text("trigger_name", d => d.Trigger),
        SqlColumn<DeadlineChange>.Text("probe", d => d.Probe));

    internal static readonly SqlColumns<DeadlineChange> Disarmed = new(SqlColumn<DeadlineChange>.Number("facet", d => d.Facet));

    internal static readonly SqlColumns<OrderReference> Links = new(
        SqlColumn<OrderReference>.Text("tenant", r => r.Tenant.Value),
        SqlColumn<OrderReference>.Text("value", r => r.Value),
        SqlColumn<OrderReference>.Text("kind", r => r.Kind.Code));

    internal static readonly SqlColumns<OrderCase> Cases = new(
        SqlColumn<OrderCase>.Text("code", c => c.Code),
        SqlColumn<OrderCase>.Text("tenant", c => c.Order.Tenant.Value),
        SqlColumn<OrderCase>.Text("owner", c => c.Owner),
        SqlColumn<OrderCase>.Text("reason", c => c.Reason),
        SqlColumn<OrderCase>.Number("opened_version", c => c.OpenedVersion),
        SqlColumn<OrderCase>.Instant("opened_at", c => c.OpenedAt),
        SqlColumn<OrderCase>.Instant("due_at", c => c.DueAt));

    internal static readonly SqlColumns<OrderCase> Closed = new(
        SqlColumn<OrderCase>.Text("code", c => c.Code),
        SqlColumn<OrderCase>.Instant("closed_at", c => c.ClosedAt),
        SqlColumn<OrderCase>.Number("closed_version", c => c.ClosedVersion));

    internal static readonly SqlColumns<ParkedFact> Parked = new(
        SqlColumn<ParkedFact>.Text("tenant", p => p.Number.Tenant.Value),
        SqlColumn<ParkedFact>.Text("value", p => p.Number.Value),
        SqlColumn<ParkedFact>.Text("kind", p => p.Number.Kind.Code),
        SqlColumn<ParkedFact>.Text("source", p => p.Fact.Source),
        SqlColumn<ParkedFact>.Text("fact_id", p => FactIdentity.WithContent(p.Fact)),
        SqlColumn<ParkedFact>.Number("reason", p => (long)p.Reason),
        SqlColumn<ParkedFact>.Instant("parked_at", p => p.ParkedAt),
        SqlColumn<ParkedFact>.Bytes("fact", p => OrderFactCodec.Encode(p.Fact)));

    internal const string ParkedSelect = "parked_no, tenant, kind, value, reason, parked_at, fact";

    internal static (long ParkedNo, ParkedFact Fact) ReadParked(SqlRow row) =>
        (row.Int64(0), new ParkedFact(
            ReadReference(row, 1), OrderFactCodec.Decode(row.Bytes(6)), (ParkReason)row.Int64(4), row.Instant(5)));

    /// <summary>Reads tenant, kind and value.</summary>
    internal static OrderReference ReadReference(SqlRow row, int from = 0) =>
        new(new TenantId(row.Text(from)), new ReferenceKind(row.Text(from + 1)), row.Text(from + 2));
}
