namespace OrderKit.Core;

/// <summary>Something that people should know. <see cref="AlertNotices"/> writes it in the transaction in which it happens.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Kind">What happened; see <see cref="AlertKinds"/>.</param>
/// <param name="Source">Where it happened: a destination, a consumer, a provider or the owner of a case.</param>
/// <param name="Reason">Why it happened, as a code of a small set. Notices with the same kind, source and reason become one alert.</param>
/// <param name="Subject">The id of the message or order. Ids only: alerts are sent to people and to other systems.</param>
/// <remarks>A text is cut at 200 characters. An empty text is written as <c>unnamed</c>.</remarks>
public sealed record AlertNotice(TenantId Tenant, string Kind, string Source, string Reason, string Subject)
{
    /// <summary>The outbox destination of notices. The destinations of alerts begin with it and a dot.</summary>
    public const string Destination = "alerts";

    /// <summary>The type of the outbox message.</summary>
    public const string MessageType = "orderkit.alert-notice.v1";

    private const byte Layout = 1;
    private const int MaxText = 200;

    /// <summary>Whether a destination belongs to alerts. No alert reports those: it would cause alerts without end.</summary>
    public static bool IsOfAlerts(string destination) =>
        destination is not null && (destination == Destination || destination.StartsWith(Destination + ".", StringComparison.Ordinal));

    /// <summary>Creates the outbox message of the notice.</summary>
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

        // Each notice has a lane of its own, so none waits for another.
        var id = $"notice:{Digest.Of(body).ToString()[..32]}";
        return new OutboxMessage(id, Destination, Tenant, Guid.NewGuid().ToString("N"), MessageType, body);
    }

    /// <summary>Reads the body of an outbox message.</summary>
    /// <exception cref="FormatException">The bytes are not those of a notice.</exception>
    public static AlertNotice FromBody(ReadOnlyMemory<byte> body)
    {
        var reader = new CanonicalReader(body.Span);
        reader.ReadVersion(Layout);
        var tenant = new TenantId(reader.ReadRequiredString());
        var (kind, source) = (reader.ReadRequiredString(), reader.ReadRequiredString());
        var notice = new AlertNotice(tenant, kind, source, reader.ReadRequiredString(), reader.ReadRequiredString());
        reader.RequireEnd();
        return notice;
    }

    private static string Short(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length switch
        {
            0 => "unnamed",
            <= MaxText => text,
            _ => text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)],
        };
    }
}
