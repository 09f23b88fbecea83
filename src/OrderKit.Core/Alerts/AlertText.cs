using System.Globalization;
using System.Text;

namespace OrderKit.Core;

/// <summary>Renders an alert as text, for sinks.</summary>
public static class AlertText
{
    private const string InstantFormat = "yyyy-MM-dd HH:mm:ss'Z'";

    /// <summary>Renders count, kind, reason and source on one line.</summary>
    public static string TitleOf(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return Clean(string.Create(CultureInfo.InvariantCulture, $"{alert.Count:N0} {NameOf(alert)}: {alert.Reason} ({alert.Source})"));
    }

    /// <summary>Renders when it happened, first and last.</summary>
    public static string TimeOf(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.Count == 1 || alert.FirstAt == alert.LastAt
            ? $"at {Instant(alert.FirstAt)}"
            : $"from {Instant(alert.FirstAt)} to {Instant(alert.LastAt)}";
    }

    /// <summary>Renders how many subjects the alert does not name, or <see langword="null"/> when it names all.</summary>
    public static string? MoreOf(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.Count > alert.Subjects.Count
            ? string.Create(CultureInfo.InvariantCulture, $"and {alert.Count - alert.Subjects.Count:N0} more")
            : null;
    }

    /// <summary>Renders the whole alert on several lines, as the body of a mail.</summary>
    public static string BodyOf(Alert alert)
    {
        var text = new StringBuilder(TitleOf(alert)).Append("\r\n").Append(TimeOf(alert)).Append("\r\n\r\n");
        foreach (var subject in alert.Subjects)
        {
            text.Append(Clean(subject)).Append("\r\n");
        }

        if (MoreOf(alert) is { } more)
        {
            text.Append(more).Append("\r\n");
        }

        return text.Append("\r\nAlert ").Append(alert.Id).Append(". A mail with the same id is the same alert, sent again.\r\n").ToString();
    }

    /// <summary>Replaces line breaks, control characters and invisible characters by spaces. Ids from other systems may have any.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.EnumerateRunes().Select(static rune => Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            ? " "
            : rune.ToString()));
    }

    private static string NameOf(Alert alert) => (alert.Kind, alert.Count) switch
    {
        (AlertKinds.DeadLetter, 1) => "dead letter",
        (AlertKinds.DeadLetter, _) => "dead letters",
        (AlertKinds.Quarantine, 1) => "message in quarantine",
        (AlertKinds.Quarantine, _) => "messages in quarantine",
        (AlertKinds.Case, 1) => "case opened",
        (AlertKinds.Case, _) => "cases opened",
        _ => alert.Kind,
    };

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);
}
