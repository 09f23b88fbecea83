using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Notices of one kind, source and reason, folded into one; a single notice is one of them too.</summary>
/// <param name="FirstRow">The number of the outbox row of the first: a name that no other one has.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Source">Where.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How often.</param>
/// <param name="Subjects">The first few.</param>
/// <param name="FirstAt">When first.</param>
/// <param name="LastAt">When last.</param>
internal sealed record GatheredNotices(
    long FirstRow, string Kind, string Source, string Reason, long Count, IReadOnlyList<string> Subjects, DateTimeOffset FirstAt,
    DateTimeOffset LastAt)
{
    public const string MessageType = "orderkit.alert-notices.v1";

    private const byte Layout = 1;

    public (string Kind, string Source, string Reason) Group => (Kind, Source, Reason);

    /// <summary>What an outbox row holds; <see langword="null"/> where it is none of ours.</summary>
    public static GatheredNotices? Of(OutboxDelivery delivery)
    {
        switch (delivery.Message.Type)
        {
            case AlertNotice.MessageType:
                var notice = AlertNotice.FromBody(delivery.Message.Body);
                var subject = notice.Tenant == TenantId.Default ? notice.Subject : $"{notice.Tenant.Value}/{notice.Subject}";
                return new GatheredNotices(
                    delivery.Id, notice.Kind, notice.Source, notice.Reason, 1, [subject], delivery.FirstAt, delivery.FirstAt);
            case MessageType:
                return Decode(delivery.Message.Body);
            default:
                return null;
        }
    }

    /// <summary>All of one group as one.</summary>
    public static GatheredNotices Fold(IEnumerable<GatheredNotices> notices, int subjects)
    {
        var sorted = notices.OrderBy(static notice => notice.FirstRow).ToList();
        return sorted[0] with
        {
            Count = sorted.Sum(static notice => notice.Count),
            Subjects = [.. sorted.SelectMany(static notice => notice.Subjects).Distinct(StringComparer.Ordinal).Take(subjects)],
            FirstAt = sorted.Min(static notice => notice.FirstAt),
            LastAt = sorted.Max(static notice => notice.LastAt),
        };
    }

    public Alert ToAlert() => new()
    {
        Id = Digest.Of(Encode()).ToString()[..32], Kind = Kind, Source = Source, Reason = Reason,
        Count = Count, Subjects = Subjects, FirstAt = FirstAt, LastAt = LastAt,
    };

    public OutboxMessage ToMessage()
    {
        var body = Encode();
        var id = $"notices:{Digest.Of(body).ToString()[..32]}";
        return new OutboxMessage(id, AlertNotice.Destination, TenantId.Default, id, MessageType, body);
    }

    /// <summary>The row for one sink.</summary>
    public OutboxMessage ToMessage(string sink)
    {
        var id = ToAlert().Id;
        return new OutboxMessage(id, $"{AlertNotice.Destination}.{sink}", TenantId.Default, id, MessageType, Encode());
    }

    public static GatheredNotices Decode(ReadOnlyMemory<byte> body)
    {
        var reader = new CanonicalReader(body.Span);
        reader.ReadVersion(Layout);
        var (first, kind, source) = (reader.ReadInt64(), reader.ReadRequiredString(), reader.ReadRequiredString());
        var (reason, count) = (reader.ReadRequiredString(), reader.ReadInt64());
        var subjects = new string[reader.ReadInt32()];
        for (var i = 0; i < subjects.Length; i++)
        {
            subjects[i] = reader.ReadRequiredString();
        }

        var (firstAt, lastAt) = (reader.ReadInstant(), reader.ReadInstant());
        reader.RequireEnd();
        return new GatheredNotices(first, kind, source, reason, count, subjects, firstAt, lastAt);
    }

    private byte[] Encode()
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteInt64(FirstRow);
        writer.WriteString(Kind);
        writer.WriteString(Source);
        writer.WriteString(Reason);
        writer.WriteInt64(Count);
        writer.WriteInt32(Subjects.Count);
        foreach (var subject in Subjects)
        {
            writer.WriteString(subject);
        }

        writer.WriteInstant(FirstAt);
        writer.WriteInstant(LastAt);
        return writer.WrittenSpan.ToArray();
    }
}
