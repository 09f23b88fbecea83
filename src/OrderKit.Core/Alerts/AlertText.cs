using System.Globalization;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>An alert in words.</summary>
internal static class AlertText
{
    private const string InstantFormat = "yyyy-MM-dd HH:mm:ss'Z'";

    /// <summary>One line.</summary>
    public static string TitleOf(Alert alert) => Clean(string.Create(CultureInfo.InvariantCulture, $"{alert.Count:N0} {NameOf(alert)}: {alert.Reason} ({alert.Source})"));

    /// <summary>From when to when.</summary>
    public static string TimeOf(Alert alert) => alert.Count == 1 || alert.FirstAt == alert.LastAt
        ? $"at {Instant(alert.FirstAt)}"
        : $"from {Instant(alert.FirstAt)} to {Instant(alert.LastAt)}";

    /// <summary>What was left out.</summary>
    public static string? MoreOf(Alert alert) => alert.Count > alert.Subjects.Count
        ? string.Create(CultureInfo.InvariantCulture, $"and {alert.Count - alert.Subjects.Count:N0} more")
        : null;

    /// <summary>All of it, for a mail.</summary>
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

        return text.Append("\r\nAlert ").Append(alert.Id).Append(": the same id is the same alert, told again.\r\n").ToString();
    }

    /// <summary>On one line, whatever a sender put into its id.</summary>
    public static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(static rune =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? " " : rune.ToString()));

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
