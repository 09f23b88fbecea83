namespace OrderKit.StateMachine;

/// <summary>Draws timelines: the nodes with their gaps, a lane for each system, and how long the order was in which state.</summary>
/// <remarks>
/// Plain SVG on a light ground, without scripts, style sheets or anything from outside; a dot has a tooltip and leads to its log where one is
/// known. The same timeline always gives the same bytes. To be shown inside a page, where links work, put it there as an element.
/// </remarks>
public static class TimelineSvg
{
    /// <summary>Draws a timeline.</summary>
    public static string Write(Timeline timeline)
    {
        ArgumentNullException.ThrowIfNull(timeline);
        return new TimelineDrawing(timeline).Draw();
    }
}
