using System.Text;
using Microsoft.AspNetCore.Http;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>A response as it is stored: the status, the headers that the options list, and the body.</summary>
internal sealed record KeptResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The maximum number of bytes that are stored besides the body.</summary>
    public const int MaxHead = 32 * 1024;

    private const byte Layout = 1;
    private const int MaxFraming = 32;

    /// <summary>The maximum number of bytes that status and headers take.</summary>
    public int HeadBytes => MaxFraming
        + Headers.Sum(static header => MaxFraming + Encoding.UTF8.GetByteCount(header.Name) + Encoding.UTF8.GetByteCount(header.Value));

    public static ResultCodec<KeptResponse> Codec { get; } = new(static response => response.Encode(), Decode);

    public static KeptResponse Of(HttpResponse response, ISet<string> allowed, ReadOnlyMemory<byte> body) => new(
        response.StatusCode,
        [
            .. response.Headers.Where(header => allowed.Contains(header.Key))
                .SelectMany(static header => header.Value, static (header, value) => (header.Key, value ?? "")),
        ],
        body);

    public byte[] Encode()
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteInt32(Status);
        writer.WriteInt32(Headers.Count);
        foreach (var (name, value) in Headers)
        {
            writer.WriteString(name);
            writer.WriteString(value);
        }

        writer.WriteBytes(Body.Span);
        return writer.WrittenSpan.ToArray();
    }

    private static KeptResponse Decode(ReadOnlyMemory<byte> content)
    {
        var reader = new CanonicalReader(content.Span);
        reader.ReadVersion(Layout);
        var status = reader.ReadInt32();
        var headers = new (string, string)[reader.ReadInt32()];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = (reader.ReadRequiredString(), reader.ReadRequiredString());
        }

        var body = reader.ReadBytes().ToArray();
        reader.RequireEnd();
        return new KeptResponse(status, headers, body);
    }
}
