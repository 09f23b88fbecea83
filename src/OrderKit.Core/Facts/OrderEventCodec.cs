using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace OrderKit.Core;

/// <summary>Converts <see cref="OrderEvent"/>s to and from the JSON body of outbox messages.</summary>
public static class OrderEventCodec
{
    /// <summary>The type of the outbox messages.</summary>
    public const string MessageType = "orderkit.order-event.v1";

    // One writer for each thread: making a writer costs more than writing an event.
    [ThreadStatic]
    private static Tuple<ArrayBufferWriter<byte>, Utf8JsonWriter>? _scratch;

    /// <summary>Writes an event.</summary>
    public static byte[] Encode(OrderEvent orderEvent)
    {
        ArgumentNullException.ThrowIfNull(orderEvent);
        var (buffer, json) = _scratch ??= NewScratch();
        buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        json.WriteString("tenant"u8, orderEvent.Order.Tenant.Value);
        Span<char> order = stackalloc char[OrderId.MaxLength];
        orderEvent.Order.Order.TryFormat(order, out var length);
        json.WriteString("order"u8, order[..length]);
        json.WriteNumber("version"u8, orderEvent.Version);
        json.WriteString("trigger"u8, orderEvent.Trigger);
        json.WriteString("outcome"u8, orderEvent.Outcome);
        json.WriteStartObject("states"u8);
        for (var i = 0; i < orderEvent.States.Count; i++)
        {
            json.WriteNumber(orderEvent.States[i].Key, orderEvent.States[i].Value);
        }

        json.WriteEndObject();
        json.WriteString("headline"u8, orderEvent.Headline);
        WriteList(json, "holds"u8, orderEvent.Holds);
        WriteList(json, "openedCases"u8, orderEvent.OpenedCases);
        json.WriteString("source"u8, orderEvent.Source);
        if (orderEvent.OccurredAt is { } occurredAt)
        {
            json.WriteString("occurredAt"u8, occurredAt);
        }

        json.WriteString("recordedAt"u8, orderEvent.RecordedAt);
        if (orderEvent.TraceId is { } traceId)
        {
            json.WriteString("traceId"u8, traceId);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads an event.</summary>
    /// <exception cref="JsonException">The bytes are not an event.</exception>
    public static OrderEvent Decode(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        try
        {
            return new OrderEvent(
                new OrderKey(new TenantId(Text("tenant")), OrderId.Parse(Text("order"))),
                root.GetProperty("version").GetInt64(),
                Text("trigger"),
                Text("outcome"),
                [.. root.GetProperty("states").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetInt32()))],
                Text("headline"),
                List("holds"),
                List("openedCases"),
                Text("source"),
                root.TryGetProperty("occurredAt", out var occurredAt) ? occurredAt.GetDateTimeOffset() : null,
                root.GetProperty("recordedAt").GetDateTimeOffset(),
                root.TryGetProperty("traceId", out var traceId) ? traceId.GetString() : null);
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new JsonException($"The body is not a valid {MessageType}: {e.Message}", e);
        }

        string Text(string name) => root.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

        string[] List(string name) => [.. root.GetProperty(name).EnumerateArray().Select(e => e.GetString()!)];
    }

    /// <summary>The message id of an event. It is the same on every delivery.</summary>
    public static string MessageIdOf(string order, long version) => string.Create(CultureInfo.InvariantCulture, $"{order}:{version}");

    private static Tuple<ArrayBufferWriter<byte>, Utf8JsonWriter> NewScratch()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        return Tuple.Create(buffer, new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }));
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < values.Count; i++)
        {
            json.WriteStringValue(values[i]);
        }

        json.WriteEndArray();
    }
}
