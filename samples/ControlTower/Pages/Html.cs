using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace ControlTower.Pages;

/// <summary>A piece of HTML. Interpolated values are always encoded unless they are HTML, so encoding cannot be forgotten.</summary>
public readonly struct Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string? _text;

    private Html(string text) => _text = text;

    public static Html Empty => default;

    /// <summary>Creates HTML from an interpolated text.</summary>
    public static Html Of(ref Handler text) => new(text.ToText());

    /// <summary>Creates HTML from trusted HTML text: constants and the picture of the timeline.</summary>
    public static Html Trusted(string html) => new(html);

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts));

    public static string Encode(string? text) => text is null ? "" : Encoder.Encode(text);

    public override string ToString() => _text ?? "";

    /// <summary>Builds HTML from an interpolated text.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder _text;

        public Handler(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (16 * formattedCount));

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(Html html) => _text.Append(html.ToString());

        public void AppendFormatted(IEnumerable<Html> parts)
        {
            foreach (var part in parts)
                _text.Append(part.ToString());
        }

        public void AppendFormatted(string? text) => _text.Append(Encode(text));

        public void AppendFormatted(long number, string? format = null) =>
            _text.Append(Encode(number.ToString(format, CultureInfo.InvariantCulture)));

        internal string ToText() => _text.ToString();
    }
}
