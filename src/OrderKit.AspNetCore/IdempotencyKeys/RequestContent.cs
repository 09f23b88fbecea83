using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>Turns a request that was read completely into its fingerprint.</summary>
internal static class RequestContent
{
    private const int MaxBodyFields = 48;
    private const int LongestName = 100;

    /// <summary>Makes the fingerprint of path, query and body. A JSON object is compared property by property.</summary>
    /// <remarks>Method and route are part of the scope of the key.</remarks>
    /// <param name="request">A request whose text is well-formed; see <see cref="MalformedPartOf"/>.</param>
    /// <param name="body">Its whole body, as it was sent.</param>
    public static Fingerprint FingerprintOf(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var fields = new List<(string, FingerprintValue)> { ("path", request.PathBase.Add(request.Path).Value) };
        AddQuery(fields, request.Query);
        if (body.Length > 0)
        {
            AddBody(fields, request, body);
        }

        return Fingerprint.Of(fields);
    }

    /// <summary>The part of the request that has text which is not Unicode; <see langword="null"/> where there is none.</summary>
    /// <remarks>Bodies other than JSON and forms are compared byte by byte, whatever they are.</remarks>
    public static string? MalformedPartOf(HttpRequest request, ReadOnlySpan<byte> body)
    {
        // The target as it was sent. An escape that is not UTF-8 stays in the decoded path, where it looks like a different path.
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return !WellFormedText.IsUrl(target ?? "") ? "path or query"
            : !WellFormedText.IsUrl($"{request.PathBase}{request.Path}{request.QueryString}") ? "path or query"
            : IsJson(request) ? WellFormedText.IsJson(body) ? null : "JSON body"
            : IsForm(request) && !WellFormedText.IsPercentEncoded(body) ? "form"
            : null;
    }

    private static void AddQuery(List<(string, FingerprintValue)> fields, IQueryCollection query)
    {
        // A fingerprint has at most 64 fields, so an unusual query is one field.
        if (query.Count > 8 || query.Keys.Any(static name => name.Length > LongestName))
        {
            var sorted = query.OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase);
            fields.Add(("query", Join(sorted.SelectMany(static pair => pair.Value.Prepend(pair.Key)))));
            return;
        }

        foreach (var (name, values) in query)
        {
            fields.Add(($"query.{name}", Join(values)));
        }
    }

    private static void AddBody(List<(string, FingerprintValue)> fields, HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (!IsJson(request) || !TryRead(body, out var values))
        {
            fields.Add(("body", FingerprintValue.Of(body)));
            return;
        }

        foreach (var (name, value) in values)
        {
            fields.Add((name is "" ? "body" : $"body.{name}", value));
        }
    }

    private static bool IsJson(HttpRequest request) =>
        TypeOf(request) is { } type
        && (type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    private static bool IsForm(HttpRequest request) =>
        TypeOf(request) is { } type && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    // Null where the body is compressed or has a charset other than UTF-8.
    private static MediaTypeHeaderValue? TypeOf(HttpRequest request) =>
        !request.Headers.ContainsKey(HeaderNames.ContentEncoding)
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            ? type
            : null;

    // Content that is not JSON, or has a property twice, is compared byte by byte. The handler decides about it.
    private static bool TryRead(ReadOnlyMemory<byte> body, out IReadOnlyList<(string Name, FingerprintValue Value)> fields)
    {
        try
        {
            fields = Fingerprint.FieldsOfJson(body);
            if (fields.Count is 0 or > MaxBodyFields || fields.Any(static field => field.Name.Length is 0 or > LongestName))
            {
                fields = Whole(body);
            }

            return true;
        }
        catch (ArgumentException)
        {
            // An array or a single value becomes the one field of an object.
            return TryReadWhole(body, out fields);
        }
    }

    private static bool TryReadWhole(ReadOnlyMemory<byte> body, out IReadOnlyList<(string Name, FingerprintValue Value)> fields)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            fields = Whole(body);
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            fields = [];
            return false;
        }
    }

    private static List<(string Name, FingerprintValue Value)> Whole(ReadOnlyMemory<byte> body)
    {
        var wrapped = new byte[body.Length + 5];
        "{\"\":"u8.CopyTo(wrapped);
        body.Span.CopyTo(wrapped.AsSpan(4));
        wrapped[^1] = (byte)'}';
        return [.. Fingerprint.FieldsOfJson(wrapped)];
    }

    // Each text follows its length, so that two different lists never join to the same text.
    private static string Join(IEnumerable<string?> texts) => string.Concat(texts.Select(static text => $"{text?.Length ?? -1}:{text}"));
}
