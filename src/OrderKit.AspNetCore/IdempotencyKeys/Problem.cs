using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OrderKit.AspNetCore;

/// <summary>A problem response of RFC 9457.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The last part of <c>type</c>. It distinguishes the problem from a 409 or 422 of the handler.</param>
/// <param name="Title">The rule that was broken.</param>
/// <param name="Detail">What happened, and what to do.</param>
/// <param name="RetryAfter">When to repeat the request.</param>
internal sealed record Problem(int Status, string Code, string Title, string Detail, TimeSpan? RetryAfter = null)
{
    private const string ContentType = "application/problem+json";

    /// <summary>The fields that differ from the first request.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>The server could not show that it has the whole body. This is a fault of the host, not of the caller.</summary>
    public static Problem BodyUnavailable { get; } = new(
        StatusCodes.Status500InternalServerError,
        "body-unavailable",
        "The server does not have the whole request body",
        "A request with an Idempotency-Key is compared when it is repeated, and the server cannot compare this one. Nothing was done.");

    public static Problem RequestTooLarge(int limit) => RequestTooLarge(string.Create(
        CultureInfo.InvariantCulture,
        $"A request with an Idempotency-Key has at most {limit:N0} bytes here, because it is compared when it is repeated."));

    public static Problem RequestTooLarge(string detail) =>
        new(StatusCodes.Status413PayloadTooLarge, "request-too-large", "The request is too large", $"{detail} Nothing was done.");

    public static Problem BodyIncomplete(int status, string detail) => new(
        status,
        "body-incomplete",
        "The request body is not complete",
        $"{detail} Repeat the request under the same key. Nothing was done.");

    public static Problem TextMalformed(string what) => new(
        StatusCodes.Status400BadRequest,
        "text-malformed",
        "The request has text that is not Unicode",
        $"The {what} is not valid UTF-8, or has half of a surrogate pair. Send valid UTF-8. Nothing was done.");

    public async Task WriteAsync(HttpResponse response)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "urn:orderkit:problem:" + Code);
            json.WriteString("title"u8, Title);
            json.WriteNumber("status"u8, Status);
            json.WriteString("detail"u8, Detail);
            if (Fields is not null)
            {
                json.WriteStartArray("fields"u8);
                foreach (var field in Fields)
                {
                    json.WriteStringValue(field);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } delay)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var content = body.GetBuffer().AsMemory(0, (int)body.Length);
        await response.Body.WriteAsync(content, response.HttpContext.RequestAborted).ConfigureAwait(false);
    }
}
