using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Alerts;

/// <summary>Posts alerts to a WeCom group through its robot.</summary>
/// <remarks>
/// See https://developer.work.weixin.qq.com/document/path/91770. A robot takes 20 messages per minute and 4,096 bytes of content.
/// Failures come with HTTP 200.
/// </remarks>
internal sealed class WeComAlertSink(WeComAlertOptions options, TimeProvider time) : IAlertSink, IDisposable
{
    /// <summary>The longest content in UTF-8 bytes.</summary>
    public const int MaxContent = 4_096;

    private const int TooOften = 45009;
    private const int MaxLine = 512;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly HttpClient _client = AlertAddress.NewClient(options.Timeout);
    private readonly Queue<long> _sent = new();
    private readonly Lock _gate = new();

    public string Name => options.Name;

    public async Task SendAsync(Alert alert, CancellationToken cancellationToken)
    {
        TakeSlot();
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = new ByteArrayContent(BodyOf(alert)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        AlertAddress.RequireSuccess(response, time);
        var (code, text) = Read(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        if (code != 0)
        {
            throw code == TooOften
                ? new RetryLaterException(Minute)
                : new HttpRequestException($"WeCom responded with errcode {code}: {text}");
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Renders the message and cuts it between lines at WeCom's limit.</summary>
    internal static string ContentOf(Alert alert)
    {
        var lines = new List<string> { $"**{Quote(AlertText.TitleOf(alert))}**", AlertText.TimeOf(alert) };
        lines.AddRange(alert.Subjects.Select(static subject => $"> {Quote(subject)}"));
        if (AlertText.MoreOf(alert) is { } more)
        {
            lines.Add($"> {more}");
        }

        var id = $"\n{alert.Id}";
        var content = new StringBuilder();
        var left = MaxContent - Encoding.UTF8.GetByteCount(id);
        foreach (var line in lines)
        {
            var next = content.Length == 0 ? line : "\n" + line;
            left -= Encoding.UTF8.GetByteCount(next);
            if (left < 0)
            {
                break;
            }

            content.Append(next);
        }

        return content.Append(id).ToString();
    }

    // An id from another system may look like a mention, a link or a colour.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder();
        foreach (var rune in AlertText.Clean(text).EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(quoted.ToString()) + rune.Utf8SequenceLength > MaxLine)
            {
                return quoted.Append('…').ToString();
            }

            quoted.Append(rune.Value switch
            {
                '<' => "＜",
                '>' => "＞",
                '[' => "［",
                ']' => "］",
                '*' => "＊",
                '`' => "'",
                '@' => "＠",
                _ => rune.ToString(),
            });
        }

        return quoted.ToString();
    }

    private static byte[] BodyOf(Alert alert)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("msgtype"u8, "markdown"u8);
            json.WriteStartObject("markdown"u8);
            json.WriteString("content"u8, ContentOf(alert));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static (int Code, string? Text) Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("errcode"u8, out var code)
                || !code.TryGetInt32(out var number))
            {
                return (-1, "a response without an errcode");
            }

            var hasText = root.TryGetProperty("errmsg"u8, out var text) && text.ValueKind == JsonValueKind.String;
            return (number, hasText ? text.GetString() : null);
        }
        catch (JsonException)
        {
            return (-1, "a response that is not JSON");
        }
    }

    private void TakeSlot()
    {
        lock (_gate)
        {
            while (_sent.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Minute)
            {
                _sent.Dequeue();
            }

            if (_sent.Count >= options.PerMinute)
            {
                throw new RetryLaterException(Minute - time.GetElapsedTime(_sent.Peek()));
            }

            _sent.Enqueue(time.GetTimestamp());
        }
    }
}
