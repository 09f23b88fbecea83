using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>Turns a request that was read completely into its fingerprint.</summary>
internal static class RequestContent
{
    private const int MaximumBodyFields = 48;
    private const int LongestName = 100;

    /// <summary>What the request asks for: path, query and body, field by field where the body is a JSON object.</summary>
    /// <remarks>Method and route are part of the key's scope.</remarks>
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
        // The target as it was sent: an escape that is not UTF-8 stays in the decoded path, where it looks like a path that spells it out.
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return !WellFormedText.IsUrl(target ?? "") || !WellFormedText.IsUrl($"{request.PathBase}{request.Path}{request.QueryString}") ? "path or query"
            : IsJson(request) ? WellFormedText.IsJson(body) ? null : "JSON body"
            : IsForm(request) && !WellFormedText.IsPercentEncoded(body) ? "form"
            : null;
    }

    private static void AddQuery(List<(string, FingerprintValue)> fields, IQueryCollection query)
    {
        // As a whole where it is unusual: a fingerprint has at most 64 fields.
        if (query.Count > 8 || query.Keys.Any(static name => name.Length > LongestName))
        {
            fields.Add(("query", Join(query.OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase).SelectMany(static pair => pair.Value.Prepend(pair.Key)))));
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
        && (type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    private static bool IsForm(HttpRequest request) =>
        TypeOf(request) is { } type && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    // Only where the body is UTF-8 as it was sent: not compressed, and in no other charset.
    private static MediaTypeHeaderValue? TypeOf(HttpRequest request) =>
        !request.Headers.ContainsKey(HeaderNames.ContentEncoding)
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            ? type
            : null;

    // What is no JSON, or has a property twice, is compared by its bytes; the handler judges it.
    private static bool TryRead(ReadOnlyMemory<byte> body, out IReadOnlyList<(string Name, FingerprintValue Value)> fields)
    {
        try
        {
            fields = Fingerprint.FieldsOfJson(body);
            if (fields.Count is 0 or > MaximumBodyFields || fields.Any(static field => field.Name.Length is 0 or > LongestName))
            {
                fields = Whole(body);
            }

            return true;
        }
        catch (ArgumentException)
        {
            // An array, or a single value, is one field of an object that has no other.
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

    // Each behind its length, so that two texts never look like another two.
    private static string Join(IEnumerable<string?> texts) => string.Concat(texts.Select(static text => $"{text?.Length ?? -1}:{text}"));
}
