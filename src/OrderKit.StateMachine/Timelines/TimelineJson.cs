using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Writes timelines as JSON, for pages and scripts.</summary>
internal static class TimelineJson
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, NewLine = "\n" };

    public static string Write(Timeline timeline, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, indented ? Indented : Compact))
        {
            Write(writer, timeline);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, Timeline timeline)
    {
        writer.WriteStartObject();
        Text(writer, "order", timeline.Order.Order.Value);
        Text(writer, "tenant", timeline.Order.Tenant.Value);
        List(writer, "references", timeline.References, static (writer, reference) =>
        {
            Text(writer, "kind", reference.Kind.Code);
            Text(writer, "value", reference.Value);
        });
        writer.WriteStartObject("model");
        Text(writer, "name", timeline.Model);
        writer.WriteNumber("version", timeline.ModelVersion);
        Text(writer, "fingerprint", timeline.Fingerprint.ToString());
        writer.WriteEndObject();
        writer.WriteStartObject("headline");
        Text(writer, "code", timeline.Headline.Code);
        Text(writer, "name", timeline.Headline.LocalName);
        Text(writer, "rule", Camel(timeline.Headline.Rule.ToString()));
        writer.WriteEndObject();
        Instant(writer, "placedAt", timeline.PlacedAt);
        Instant(writer, "shipBy", timeline.ShipBy);
        Instant(writer, "deliverBy", timeline.DeliverBy);
        Instant(writer, "asOf", timeline.AsOf);
        List(writer, "nodes", timeline.Nodes, WriteNode);
        List(writer, "entries", timeline.Entries, WriteEntry);
        List(writer, "facets", timeline.Facets, WriteFacet);
        Texts(writer, "holds", timeline.Holds, evenIfEmpty: true);
        List(writer, "openCases", timeline.OpenCases, WriteCase);
        List(writer, "deadlines", timeline.Deadlines, WriteDeadline);
        writer.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter writer, Timeline.Node node)
    {
        Text(writer, "name", node.Name);
        Text(writer, "localName", node.LocalName);
        Text(writer, "status", Camel(node.Status.ToString()));
        writer.WriteBoolean("anomaly", node.IsAnomaly);
        Number(writer, "version", node.Entry?.Version);
        Instant(writer, "occurredAt", node.Entry?.OccurredAt);
        Instant(writer, "recordedAt", node.Entry?.RecordedAt);
        Text(writer, "source", node.Entry?.Source);
        Text(writer, "responseCode", node.Entry?.ResponseCode);
        Text(writer, "logLink", node.Entry?.LogLink);
        Seconds(writer, "elapsedSeconds", node.Elapsed);
        Number(writer, "revokedBy", node.RevokedBy);
    }

    private static void WriteEntry(Utf8JsonWriter writer, TimelineEntry entry)
    {
        writer.WriteNumber("version", entry.Version);
        Text(writer, "trigger", entry.Trigger);
        writer.WriteBoolean("transition", entry.IsTransition);
        Text(writer, "outcome", FireResult.OutcomeOf(entry.Kind));
        Text(writer, "outcomeText", entry.Outcome);
        Text(writer, "reason", Camel(entry.Reason.ToString()));
        Text(writer, "reasonText", entry.Explanation);
        Texts(writer, "failedGuards", entry.FailedGuards);
        writer.WriteStartArray("marks");
        for (var mark = 1; mark <= (int)TimelineMarks.YearsOld; mark <<= 1)
        {
            if (((int)entry.Marks & mark) != 0)
            {
                writer.WriteStringValue(Camel(((TimelineMarks)mark).ToString()));
            }
        }

        writer.WriteEndArray();
        writer.WriteBoolean("anomaly", entry.IsAnomaly);
        Text(writer, "source", entry.Source);
        Text(writer, "operator", entry.Operator);
        Text(writer, "factId", entry.FactId);
        Instant(writer, "occurredAt", entry.OccurredAt);
        Instant(writer, "recordedAt", entry.RecordedAt);
        Seconds(writer, "delaySeconds", entry.Delay);
        Seconds(writer, "sincePreviousSeconds", entry.SincePrevious);
        Text(writer, "rawStatus", entry.RawStatus);
        State(writer, "reported", entry.Reported);
        Text(writer, "responseCode", entry.ResponseCode);
        Text(writer, "traceId", entry.TraceId);
        Text(writer, "logLink", entry.LogLink);
        Text(writer, "evidence", entry.Evidence);
        if (entry.Attachments.Count > 0)
        {
            List(writer, "attachments", entry.Attachments, static (writer, attachment) =>
            {
                Text(writer, "name", attachment.Name);
                Text(writer, "mediaType", attachment.MediaType);
                Text(writer, "sha256", attachment.Digest.ToString());
            });
        }

        Text(writer, "amount", entry.Amount);
        Number(writer, "quantity", entry.Quantity);
        List(writer, "moves", entry.Moves, static (writer, move) =>
        {
            Text(writer, "facet", move.Facet);
            State(writer, "from", move.From);
            State(writer, "to", move.To);
            Seconds(writer, "dwellSeconds", move.Dwell);
            Seconds(writer, "dwellAtSourceSeconds", move.DwellAtSource);
        });
        Texts(writer, "holdsPlaced", entry.HoldsPlaced);
        Texts(writer, "holdsReleased", entry.HoldsReleased);
        Texts(writer, "casesOpened", entry.CasesOpened);
        Texts(writer, "casesClosed", entry.CasesClosed);
        Number(writer, "segment", entry.Segment);
    }

    private static void WriteFacet(Utf8JsonWriter writer, Timeline.Facet facet)
    {
        Text(writer, "name", facet.Name);
        List(writer, "spans", facet.Spans, static (writer, span) =>
        {
            State(writer, "state", span.State);
            writer.WriteNumber("fromVersion", span.FromVersion);
            Number(writer, "toVersion", span.ToVersion);
            Instant(writer, "enteredAt", span.EnteredAt);
            Seconds(writer, "dwellSeconds", span.Dwell);
        });
    }

    private static void WriteCase(Utf8JsonWriter writer, OrderCase open)
    {
        Text(writer, "code", open.Code);
        Text(writer, "owner", open.Owner);
        Text(writer, "reason", open.Reason);
        writer.WriteNumber("openedVersion", open.OpenedVersion);
        Instant(writer, "openedAt", open.OpenedAt);
        Instant(writer, "dueAt", open.DueAt);
    }

    private static void WriteDeadline(Utf8JsonWriter writer, Timeline.Deadline deadline)
    {
        Text(writer, "facet", deadline.Facet);
        State(writer, "state", deadline.State);
        Instant(writer, "dueAt", deadline.DueAt);
        Text(writer, "trigger", deadline.Trigger);
        writer.WriteBoolean("overdue", deadline.IsOverdue);
    }

    private static void List<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void State(Utf8JsonWriter writer, string name, Timeline.State? state)
    {
        if (state is not null)
        {
            writer.WriteStartObject(name);
            writer.WriteNumber("code", state.Code);
            Text(writer, "name", state.Name);
            Text(writer, "localName", state.LocalName);
            writer.WriteEndObject();
        }
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, PrintableText.Clean(value));
        }
    }

    private static void Texts(Utf8JsonWriter writer, string name, IReadOnlyList<string> values, bool evenIfEmpty = false)
    {
        if (values.Count == 0 && !evenIfEmpty)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(PrintableText.Clean(value));
        }

        writer.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void Instant(Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } instant)
        {
            writer.WriteString(name, instant.UtcDateTime);
        }
    }

    private static void Seconds(Utf8JsonWriter writer, string name, TimeSpan? value)
    {
        if (value is { } duration)
        {
            writer.WriteNumber(name, (decimal)duration.Ticks / TimeSpan.TicksPerSecond);
        }
    }

    private static string Camel(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{char.ToLowerInvariant(name[0])}{name.AsSpan(1)}");
}
