using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>Reads a request so that it can be compared, and leaves its body readable.</summary>
internal static class RequestContent
{
    private const int MaxBodyFields = 48;
    private const int LongestName = 100;
    private const int BufferSize = 16 * 1024;

    /// <summary>The bytes of a body, which the handler reads again; <see langword="null"/> where there are more than allowed.</summary>
    /// <exception cref="InvalidOperationException">Something before the endpoint has read it and left nothing.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maximum, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maximum)
        {
            return null;
        }

        if (request.Body.CanSeek)
        {
            // Something before the endpoint may have read it, and not gone back.
            request.Body.Position = 0;
        }

        var bytes = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (bytes.Length + read > maximum)
                {
                    return null;
                }

                bytes.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var form = bytes.Length == 0 ? request.HttpContext.Features.Get<IFormFeature>()?.Form : null;
        if (form?.Files.Sum(static file => file.Length) > maximum)
        {
            return null;
        }

        if (bytes.Length == 0 && request.ContentLength > 0 && form is null)
        {
            // Without its body, this request would be the same as any other one.
            throw new InvalidOperationException($"The body of {request.ContentLength} bytes was read before the endpoint. Have whatever reads it call HttpRequest.EnableBuffering() first.");
        }

        bytes.Position = 0;
        request.Body = bytes;
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>What the request asks for: path, query and body, field by field where the body is a JSON object.</summary>
    /// <remarks>Method and route are part of the key's scope.</remarks>
    public static Fingerprint FingerprintOf(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var fields = new List<(string, FingerprintValue)> { ("path", request.PathBase.Add(request.Path).Value) };
        AddQuery(fields, request.Query);
        if (body.Length == 0 && request.HttpContext.Features.Get<IFormFeature>()?.Form is { } form)
        {
            // Something before the endpoint, such as the check against forgery, has read the form and left nothing to read.
            AddForm(fields, form);
        }
        else if (body.Length > 0)
        {
            AddBody(fields, request, body);
        }

        return Fingerprint.Of(fields);
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

    private static void AddForm(List<(string, FingerprintValue)> fields, IFormCollection form)
    {
        fields.Add(("form", Join(form.OrderBy(static pair => pair.Key, StringComparer.Ordinal).SelectMany(static pair => pair.Value.Prepend(pair.Key)))));
        for (var i = 0; i < form.Files.Count; i++)
        {
            if (i >= MaxBodyFields)
            {
                throw new InvalidOperationException($"A form with more than {MaxBodyFields} files cannot be compared. Map the endpoint without RequireIdempotencyKey.");
            }

            using var content = new MemoryStream();
            using (var stream = form.Files[i].OpenReadStream())
            {
                stream.CopyTo(content);
            }

            fields.Add(($"file {i}", FingerprintValue.Of(content.GetBuffer().AsMemory(0, (int)content.Length))));
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
        !request.Headers.ContainsKey(HeaderNames.ContentEncoding)
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    // What is no JSON, or has a property twice, is compared by its bytes; the handler judges it.
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
