namespace OrderKit.StateMachine;

/// <summary>The colours of drawn timelines.</summary>
internal static class TimelineColours
{
    public const string Ground = "#ffffff";
    public const string Ink = "#1d2939";
    public const string Soft = "#667085";
    public const string Faint = "#98a2b3";
    public const string Rule = "#e4e7ec";
    public const string Lane = "#f7f8fa";
    public const string Good = "#12805c";
    public const string Bad = "#d92d20";
    public const string BadGround = "#fef3f2";
    public const string Wait = "#b54708";
    public const string WaitGround = "#fffaeb";
    public const string Calm = "#175cd3";
    public const string CalmGround = "#eff8ff";

    public static string Of(TimelineEntry entry) => entry.Marks switch
    {
        var m when (m & TimelineMarks.Contradictory) != 0 => Bad,
        var m when (m & TimelineMarks.Refused) != 0 => "#475467",
        var m when (m & TimelineMarks.Late) != 0 => "#dc8a06",
        var m when (m & TimelineMarks.Early) != 0 => "#7a5af8",
        var m when (m & TimelineMarks.Repeated) != 0 => Faint,
        _ => entry.IsTransition ? Good : "#528bff",
    };
}
