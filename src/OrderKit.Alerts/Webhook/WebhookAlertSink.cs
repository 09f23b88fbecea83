using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using OrderKit.Core;

namespace OrderKit.Alerts;

/// <summary>Posts alerts as signed JSON.</summary>
internal sealed class WebhookAlertSink(WebhookAlertOptions options, TimeProvider time) : IAlertSink, IDisposable
{
    private readonly HttpClient _client = AlertAddress.NewClient(options.Timeout);

    public string Name => options.Name;

    public async Task SendAsync(Alert alert, CancellationToken cancellationToken)
    {
        var body = BodyOf(alert);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.IdHeader, alert.Id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(options.Secret, timestamp, body));
        const HttpCompletionOption Headers = HttpCompletionOption.ResponseHeadersRead;
        using var response = await _client.SendAsync(request, Headers, cancellationToken).ConfigureAwait(false);
        AlertAddress.RequireSuccess(response, time);
    }

    public void Dispose() => _client.Dispose();

    internal static byte[] BodyOf(Alert alert)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, alert.Id);
            json.WriteString("kind"u8, alert.Kind);
            json.WriteString("source"u8, alert.Source);
            json.WriteString("reason"u8, alert.Reason);
            json.WriteNumber("count"u8, alert.Count);
            json.WriteStartArray("subjects"u8);
            foreach (var subject in alert.Subjects)
            {
                json.WriteStringValue(subject);
            }

            json.WriteEndArray();
            json.WriteString("firstAt"u8, alert.FirstAt.UtcDateTime);
            json.WriteString("lastAt"u8, alert.LastAt.UtcDateTime);
            json.WriteEndObject();
        }

        return body.ToArray();
    }
}
