using System.Globalization;
using System.Text;

namespace OrderKit.StateMachine;

/// <summary>Writes SVG elements: escaped, in whole pixels or tenths, the same bytes on every machine.</summary>
internal sealed class SvgCanvas
{
    public const string Fonts =
        "'Segoe UI','Helvetica Neue',Arial,'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC',"
        + "'Microsoft YaHei','WenQuanYi Micro Hei',sans-serif";

    private readonly StringBuilder _text = new();

    /// <summary>How wide a text will be, about: fonts differ, so it errs on the wide side.</summary>
    public static double WidthOf(string text, double size)
    {
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += PrintableText.WidthOf(rune.ToString()) switch
            {
                0 => 0,
                2 => 1.0,
                _ => rune.Value switch
                {
                    >= 'A' and <= 'Z' => 0.68,
                    'm' or 'w' or '%' or '@' => 0.86,
                    'i' or 'l' or 'j' or '.' or ',' or ':' or ' ' or '\'' or '|' => 0.31,
                    _ => 0.57,
                },
            };
        }

        return width * size;
    }

    /// <summary>A text cut to a width, or nothing where not even a few characters fit.</summary>
    public static string Fit(string? text, double width, double size)
    {
        var clean = PrintableText.Clean(text);
        if (WidthOf(clean, size) <= width)
        {
            return clean;
        }

        var kept = new StringBuilder();
        var room = width - WidthOf("…", size);
        foreach (var rune in clean.EnumerateRunes())
        {
            room -= WidthOf(rune.ToString(), size);
            if (room < 0)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        return kept.Length < 2 ? "" : kept.Append('…').ToString();
    }

    public static string Escape(string? text) => PrintableText.Clean(text)
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    public SvgCanvas Raw(FormattableString text)
    {
        _text.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public void Rect(
        double x, double y, double width, double height, string fill, double radius = 0, string? stroke = null, string? extra = null)
    {
        var style = $"fill=\"{fill}\"{Stroke(stroke)}{extra}";
        Raw($"""<rect x="{x:0.#}" y="{y:0.#}" width="{width:0.#}" height="{height:0.#}" rx="{radius:0.#}" {style}/>""");
    }

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1, string? dash = null) =>
        Raw($"""<line x1="{x1:0.#}" y1="{y1:0.#}" x2="{x2:0.#}" y2="{y2:0.#}"{Stroke(stroke, width)}{Dash(dash)}/>""");

    public void Path(string d, string stroke, double width = 1, string fill = "none", string? dash = null) =>
        Raw($"""<path d="{d}" fill="{fill}"{Stroke(stroke, width)} stroke-linecap="round" stroke-linejoin="round"{Dash(dash)}/>""");

    public void Circle(double x, double y, double radius, string fill, string? stroke = null, double width = 1, string? dash = null) =>
        Raw($"""<circle cx="{x:0.#}" cy="{y:0.#}" r="{radius:0.#}" fill="{fill}"{Stroke(stroke, width)}{Dash(dash)}/>""");

    public void Text(
        double x, double y, string text, double size, string fill, string anchor = "start", bool bold = false, double rotate = 0)
    {
        if (text.Length > 0)
        {
            var turn = rotate == 0 ? "" : FormattableString.Invariant($" transform=\"rotate({rotate:0.#} {x:0.#} {y:0.#})\"");
            var style = (anchor == "start" ? "" : $" text-anchor=\"{anchor}\"") + (bold ? " font-weight=\"600\"" : "") + turn;
            Raw($"""<text x="{x:0.#}" y="{y:0.#}" font-size="{size:0.#}" fill="{fill}"{style}>{Escape(text)}</text>""");
        }
    }

    /// <summary>Begins what belongs together: it has a tooltip, and a click leads to a log where there is one.</summary>
    public void Begin(string tooltip, string? link = null)
    {
        Raw(link is null ? $"<g>" : (FormattableString)$"<a href=\"{Escape(link)}\" target=\"_blank\" rel=\"noopener noreferrer\">");
        Raw($"<title>{string.Join('\n', tooltip.Split('\n').Select(Escape))}</title>");
    }

    public void End(string? link = null) => Raw(link is null ? $"</g>" : (FormattableString)$"</a>");

    /// <summary>A red sign with an exclamation mark.</summary>
    public void Warning(double x, double y, double size, string fill = "#d92d20")
    {
        var half = size / 2;
        var foot = y + (half * 0.8);
        var sign = FormattableString.Invariant($"M{x:0.#} {y - half:0.#}L{x + half:0.#} {foot:0.#}L{x - half:0.#} {foot:0.#}Z");
        Raw($"""<path d="{sign}" fill="{fill}" stroke="#ffffff" stroke-width="1.2" stroke-linejoin="round"/>""");
        var mark = FormattableString.Invariant(
            $"M{x:0.#} {y - (half * 0.3):0.#}V{y + (half * 0.22):0.#}M{x:0.#} {y + (half * 0.53):0.#}v0.1");
        Raw($"""<path d="{mark}" stroke="#ffffff" stroke-width="{size / 9:0.#}" stroke-linecap="round" fill="none"/>""");
    }

    public override string ToString() => _text.ToString();

    private static string Stroke(string? stroke, double width = 1) =>
        stroke is null ? "" : string.Create(CultureInfo.InvariantCulture, $" stroke=\"{stroke}\" stroke-width=\"{width:0.#}\"");

    private static string Dash(string? dash) => dash is null ? "" : $" stroke-dasharray=\"{dash}\"";
}
