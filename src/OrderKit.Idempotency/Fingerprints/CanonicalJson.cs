using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrderKit.Idempotency;

/// <summary>Reads a JSON object as values that do not depend on its spelling.</summary>
internal static class CanonicalJson
{
    public static List<(string Name, FingerprintValue Value)> FieldsOf(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ArgumentException($"The content is a JSON {document.RootElement.ValueKind} and not an object.", nameof(utf8));
            }

            return [.. document.RootElement.EnumerateObject().Select(property => (property.Name, ValueOf(property.Value)))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A string that is not Unicode throws an InvalidOperationException when it is read.
            throw new ArgumentException($"The content is not JSON that can be compared: {e.Message}", nameof(utf8), e);
        }
    }

    private static FingerprintValue ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => FingerprintValue.Of(element.GetString()),
        JsonValueKind.True => FingerprintValue.Of(true),
        JsonValueKind.False => FingerprintValue.Of(false),
        JsonValueKind.Null => default,
        JsonValueKind.Number when element.TryGetDecimal(out var number) => FingerprintValue.Of(number),
        _ => FingerprintValue.Of(Encoding.UTF8.GetBytes(Write(element))),
    };

    private static string Write(JsonElement element)
    {
        var text = new StringBuilder();
        Write(text, element);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    Write(text, property.Name);
                    text.Append(':');
                    Write(text, property.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    Write(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                Write(text, element.GetString()!);
                break;
            case JsonValueKind.Number:
                // A number beyond the range of decimal is compared as it is spelled.
                text.Append(element.TryGetDecimal(out var number)
                    ? (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
                    : element.GetRawText());
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    // After its length, so that no text can be taken for the structure around it.
    private static void Write(StringBuilder text, string value) => text.Append(CultureInfo.InvariantCulture, $"{value.Length}\"{value}");
}
