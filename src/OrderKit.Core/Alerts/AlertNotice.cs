using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Something that somebody should be told, written into the outbox in the transaction in which it happens.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Kind">What happened; see <see cref="AlertKinds"/>.</param>
/// <param name="Source">Where: a destination or consumer, a sender, the desk that acts.</param>
/// <param name="Reason">Why, as a code of a small set: notices of one kind, source and reason become one message.</param>
/// <param name="Subject">The message or order. Numbers only: it is sent to people and to other systems.</param>
public sealed record AlertNotice(TenantId Tenant, string Kind, string Source, string Reason, string Subject)
{
    /// <summary>The outbox destination of notices. Those of the alerts made from them begin with it and a dot.</summary>
    public const string Destination = "alerts";

    /// <summary>The type of the message.</summary>
    public const string MessageType = "orderkit.alert-notice.v1";

    private const byte Layout = 1;
    private const int LongestText = 200;

    /// <summary>Whether a destination is one of alerts, of which no alert may be made: it would tell of itself for ever.</summary>
    public static bool IsOfAlerts(string destination) =>
        destination is not null && (destination == Destination || destination.StartsWith(Destination + ".", StringComparison.Ordinal));

    /// <summary>The row for <see cref="IOutboxStore.AppendAsync"/>.</summary>
    public OutboxMessage ToMessage()
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteString(Tenant.Value);
        writer.WriteString(Short(Kind));
        writer.WriteString(Short(Source));
        writer.WriteString(Short(Reason));
        writer.WriteString(Short(Subject));
        var body = writer.WrittenSpan.ToArray();

        // Each in a lane of its own: nothing has to wait for anything.
        return new OutboxMessage($"notice:{Digest.Of(body).ToString()[..32]}", Destination, Tenant, Guid.NewGuid().ToString("N"), MessageType, body);
    }

    /// <summary>Reads a row.</summary>
    /// <exception cref="FormatException">These are not the bytes of a notice.</exception>
    public static AlertNotice FromBody(ReadOnlyMemory<byte> body)
    {
        var reader = new CanonicalReader(body.Span);
        reader.ReadVersion(Layout);
        var notice = new AlertNotice(
            new TenantId(reader.ReadRequiredString()), reader.ReadRequiredString(), reader.ReadRequiredString(), reader.ReadRequiredString(), reader.ReadRequiredString());
        reader.RequireEnd();
        return notice;
    }

    private static string Short(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return text.Length <= LongestText ? text
            : text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)];
    }
}
