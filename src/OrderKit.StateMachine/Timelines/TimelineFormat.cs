using System.Globalization;

namespace OrderKit.StateMachine;

/// <summary>Writes times the way that timelines show them, the same in every language.</summary>
internal static class TimelineFormat
{
    /// <summary>A duration with its two greatest parts: <c>2d03h</c>, <c>3h12m</c>, <c>5m08s</c>, <c>12s</c>, <c>40ms</c>.</summary>
    public static string Duration(TimeSpan value)
    {
        if (value < TimeSpan.Zero)
        {
            return value == TimeSpan.MinValue ? "-" : "-" + Duration(value.Negate());
        }

        return value switch
        {
            { TotalDays: >= 100 } => Text($"{(long)value.TotalDays}d"),
            { TotalDays: >= 1 } => Text($"{value.Days}d{value.Hours:00}h"),
            { TotalHours: >= 1 } => Text($"{value.Hours}h{value.Minutes:00}m"),
            { TotalMinutes: >= 1 } => Text($"{value.Minutes}m{value.Seconds:00}s"),
            { TotalSeconds: >= 1 } => Text($"{value.Seconds}s"),
            _ => Text($"{value.Milliseconds}ms"),
        };
    }

    /// <summary>A duration with its sign.</summary>
    public static string Signed(TimeSpan value) => value < TimeSpan.Zero ? Duration(value) : $"+{Duration(value)}";

    public static string Instant(DateTimeOffset instant, TimeSpan offset) =>
        Local(instant, offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Date(DateTimeOffset instant, TimeSpan offset) =>
        Local(instant, offset).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset instant, TimeSpan offset) =>
        Local(instant, offset).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Offset(TimeSpan offset) =>
        offset == TimeSpan.Zero ? "UTC" : Text($"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");

    // The first and the last instants of the calendar have no local form in every offset.
    private static DateTime Local(DateTimeOffset instant, TimeSpan offset)
    {
        var ticks = instant.UtcTicks + offset.Ticks;
        return new DateTime(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Unspecified);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
