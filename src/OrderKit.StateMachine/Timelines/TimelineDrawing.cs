using System.Globalization;
using static System.FormattableString;
using static OrderKit.StateMachine.TimelineColours;

namespace OrderKit.StateMachine;

/// <summary>One drawing of a timeline, from top to bottom.</summary>
internal sealed class TimelineDrawing
{
    private const double Margin = 28;
    private const double LabelWidth = 128;
    private const double PlotLeft = Margin + LabelWidth + 26;
    private const double SmallestWidth = 1120;
    private const double LaneHeight = 42;
    private const double BarHeight = 30;
    private const double BreakWidth = 40;
    private const double TailWidth = 74;
    private const double LabelSize = 11.5;

    // More than this between two reports, and the axis says that it is broken.
    private static readonly TimeSpan BreakAfter = TimeSpan.FromHours(8);

    private readonly Timeline _timeline;
    private readonly TimelineWords _words;
    private readonly SvgCanvas _canvas = new();
    private readonly double[] _x;
    private readonly double _step;
    private readonly double _right;
    private readonly double _width;
    private readonly List<string> _sources;
    private double _y;

    public TimelineDrawing(Timeline timeline)
    {
        _timeline = timeline;
        _words = timeline.Words;
        _sources = [.. timeline.Entries.Select(e => e.Source).Distinct(StringComparer.Ordinal)];
        var count = timeline.Entries.Count;
        var breaks = timeline.Entries.Count(IsAfterBreak);
        var room = SmallestWidth - Margin - PlotLeft - TailWidth - (breaks * BreakWidth);
        _step = Math.Clamp(room / Math.Max(1, count), 30, 220);
        _x = new double[count];
        var x = PlotLeft + Math.Min(_step / 2, 40);
        for (var i = 0; i < count; i++)
        {
            x += i == 0 ? 0 : _step + (IsAfterBreak(timeline.Entries[i]) ? BreakWidth : 0);
            _x[i] = x;
        }

        _right = Math.Max(SmallestWidth - Margin, x + TailWidth);
        _width = _right + Margin;
    }

    // Wide steps have room for a line of text below each dot; narrow ones need it turned.
    private bool HasWideSteps => _step >= 100;

    public string Draw()
    {
        DrawHead();
        DrawNodes();
        if (_timeline.Entries.Count > 0)
        {
            DrawLanes();
            DrawBars();
        }

        DrawNotes();
        DrawLegend();
        var body = _canvas.ToString();
        var height = _y + 18;
        var viewBox = Invariant($"viewBox=\"0 0 {_width:0} {height:0}\"");
        var fonts = $"font-family=\"{SvgCanvas.Fonts}\"";
        return new SvgCanvas()
            .Raw($"""<svg xmlns="http://www.w3.org/2000/svg" width="{_width:0}" height="{height:0}" {viewBox} role="img" {fonts}>""")
            .Raw($"<title>{SvgCanvas.Escape($"{_words.Title} {_timeline.Order}")}</title>")
            .Raw($"<rect width=\"{_width:0}\" height=\"{height:0}\" fill=\"{Ground}\"/>")
            + body + "</svg>\n";
    }

    private static bool IsAfterBreak(TimelineEntry entry) => entry.SincePrevious >= BreakAfter;

    private string Local(DateTimeOffset instant) => TimelineFormat.Instant(instant, _timeline.UtcOffset);

    private void DrawHead()
    {
        _canvas.Text(Margin, 44, _words.Title, 20, Ink, bold: true);
        var (ink, ground) = _timeline.Headline.Rule switch
        {
            HeadlineRule.Cases => (Bad, BadGround),
            HeadlineRule.Holds => (Wait, WaitGround),
            _ => (Calm, CalmGround),
        };
        var headline = SvgCanvas.Fit(_timeline.Headline.LocalName, 460, 14);
        var pill = SvgCanvas.WidthOf(headline, 14) + 32;
        _canvas.Begin($"{_words.Status}: {_timeline.Headline.LocalName} [{_timeline.Headline.Code}]");
        _canvas.Rect(_right - pill, 24, pill, 28, ground, 14, ink, " stroke-opacity=\"0.35\"");
        _canvas.Text(_right - (pill / 2), 43, headline, 14, ink, "middle", bold: true);
        _canvas.End();

        var number = _timeline.Order.Order.Value;
        _canvas.Text(Margin, 68, SvgCanvas.Fit(number, 420, 13), 13, Ink);
        var facts = new List<string>
        {
            $"{_words.Placed} {Local(_timeline.PlacedAt)}",
            $"{_words.AsOf} {Local(_timeline.AsOf)}",
            TimelineFormat.Offset(_timeline.UtcOffset),
            $"{_timeline.Model} {_timeline.ModelVersion.ToString(CultureInfo.InvariantCulture)}",
        };
        if (_timeline.ShipBy is { } shipBy)
        {
            facts.Add($"{_words.ShipBy} {Local(shipBy)}");
        }

        _canvas.Text(_right, 70, string.Join("  ·  ", facts), 12, Soft, "end");
        DrawChips();
    }

    private void DrawChips()
    {
        var x = Margin;
        foreach (var reference in _timeline.References)
        {
            var text = SvgCanvas.Fit($"{reference.Kind.Code} {reference.Value}", 280, 11);
            var width = SvgCanvas.WidthOf(text, 11) + 16;
            if (x + width > _right)
            {
                _canvas.Text(x, 97, "…", 12, Soft);
                break;
            }

            _canvas.Rect(x, 82, width, 21, "#f2f4f7", 5);
            _canvas.Text(x + 8, 96.5, text, 11, Soft);
            x += width + 7;
        }

        _y = _timeline.References.Count == 0 ? 84 : 112;
    }

    private void DrawNodes()
    {
        var nodes = _timeline.Nodes;
        if (nodes.Count == 0)
        {
            return;
        }

        var column = (_right - Margin) / nodes.Count;
        var y = _y + 46;
        _canvas.Rect(Margin, _y + 8, _right - Margin, 148, Lane, 10);
        for (var i = 1; i < nodes.Count; i++)
        {
            var (from, to) = (Margin + (column * (i - 0.5)) + 24, Margin + (column * (i + 0.5)) - 24);
            var isSolid = nodes[i - 1].Status == Timeline.NodeStatus.Reached && nodes[i].Status == Timeline.NodeStatus.Reached;
            var isBad = nodes[i].IsAnomaly || nodes[i - 1].IsAnomaly;
            _canvas.Line(from, y, to, y, isSolid ? Good : isBad ? Bad : "#cbd1db", isSolid ? 3 : 2, isSolid ? null : "5 6");
            if (nodes[i].Elapsed is { } elapsed)
            {
                var text = TimelineFormat.Signed(elapsed);
                var width = SvgCanvas.WidthOf(text, 11.5) + 12;
                _canvas.Rect(((from + to) / 2) - (width / 2), y - 9, width, 18, Lane, 9);
                _canvas.Text((from + to) / 2, y + 4, text, 11.5, elapsed < TimeSpan.Zero ? Bad : Soft, "middle");
            }
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            DrawNode(nodes[i], Margin + (column * (i + 0.5)), y, column - 12);
        }

        _y += 168;
    }

    private void DrawNode(Timeline.Node node, double x, double y, double room)
    {
        var isReached = node.Status == Timeline.NodeStatus.Reached;
        _canvas.Begin(NodeTooltip(node), node.Entry?.LogLink);
        switch (node.Status)
        {
            case Timeline.NodeStatus.Reached:
                _canvas.Circle(x, y, 18, Good);
                _canvas.Path(Invariant($"M{x - 7:0.#} {y + 0.5:0.#}l5 5.5l9.5 -11"), "#ffffff", 2.8);
                if (node.Entry!.IsAnomaly)
                {
                    _canvas.Warning(x + 15, y - 14, 19);
                }

                break;
            case Timeline.NodeStatus.Missing or Timeline.NodeStatus.Revoked:
                _canvas.Circle(x, y, 18, BadGround, Bad, 2, "4 4");
                _canvas.Warning(x, y, 21);
                break;
            default:
                _canvas.Circle(x, y, 18, Ground, "#c3cad5", 2, "4 4");
                if (node.Status == Timeline.NodeStatus.NotComing)
                {
                    _canvas.Line(x - 6, y, x + 6, y, Faint, 2);
                }

                break;
        }

        _canvas.Text(
            x, y + 42, SvgCanvas.Fit(node.LocalName, room, 14), 14, isReached ? Ink : node.IsAnomaly ? Bad : Soft, "middle", bold: true);
        if (isReached)
        {
            _canvas.Text(x, y + 61, Local(node.Entry!.At), 12, Soft, "middle");
            var code = node.Entry.ResponseCode is { Length: > 0 } response ? $"  ·  {response}" : "";
            _canvas.Text(x, y + 79, SvgCanvas.Fit($"{node.Entry.Source}{code}", room, 12), 12, Soft, "middle");
            if ((node.Entry.Marks & TimelineMarks.LateFact) != 0)
            {
                var late = $"{string.Concat(_words.Of(TimelineMarks.LateFact))} {TimelineFormat.Duration(node.Entry.Delay ?? default)}";
                _canvas.Text(x, y + 96, SvgCanvas.Fit(late, room, 11.5), 11.5, Wait, "middle");
            }
        }
        else
        {
            _canvas.Text(x, y + 61, _words.Of(node.Status), 12, node.IsAnomaly ? Bad : Faint, "middle");
            if (node.RevokedBy is { } by)
            {
                _canvas.Text(x, y + 79, Invariant($"{_words.RevokedBy} #{by}"), 12, Soft, "middle");
            }
        }

        _canvas.End(node.Entry?.LogLink);
    }

    private string NodeTooltip(Timeline.Node node) => node.Entry is { } entry
        ? $"{node.LocalName}: {_words.Of(node.Status)}\n{Tooltip(entry)}"
        : $"{node.LocalName}: {_words.Of(node.Status)}";

    private void DrawLanes()
    {
        var top = _y + 48;
        var bottom = top + (_sources.Count * LaneHeight);
        for (var i = 0; i < _sources.Count; i++)
        {
            var y = top + (i * LaneHeight);
            _canvas.Rect(Margin, y + 2, _right - Margin, LaneHeight - 4, Lane, 6);
            _canvas.Text(Margin + 12, y + (LaneHeight / 2) + 4.5, SvgCanvas.Fit(_sources[i], LabelWidth - 16, 13), 13, Ink, bold: true);
        }

        DrawAxis(top, bottom);
        DrawFlow(top);
        for (var i = 0; i < _x.Length; i++)
        {
            DrawDot(_timeline.Entries[i], _x[i], LaneOf(_timeline.Entries[i], top));
        }

        DrawLabels(bottom);
    }

    private double LaneOf(TimelineEntry entry, double top) => top + ((_sources.IndexOf(entry.Source) + 0.5) * LaneHeight);

    private void DrawAxis(double top, double bottom)
    {
        var entries = _timeline.Entries;
        var lastTime = double.NegativeInfinity;
        var lastDay = "";
        for (var i = 0; i < entries.Count; i++)
        {
            var day = TimelineFormat.Date(entries[i].RecordedAt, _timeline.UtcOffset);
            if (IsAfterBreak(entries[i]) && i > 0)
            {
                DrawBreak((_x[i - 1] + _x[i]) / 2, top, bottom, entries[i].SincePrevious!.Value);
                lastTime = double.NegativeInfinity;
            }

            _canvas.Line(_x[i], top - 6, _x[i], bottom, "#eaecf0");
            if (day != lastDay && _x[i] - lastTime > 56)
            {
                _canvas.Text(_x[i], top - 26, day, 11.5, Ink, "middle", bold: true);
                lastDay = day;
            }

            if (_x[i] - lastTime >= 62)
            {
                _canvas.Text(_x[i], top - 11, TimelineFormat.Time(entries[i].RecordedAt, _timeline.UtcOffset), 11.5, Soft, "middle");
                lastTime = _x[i];
            }
        }

        _canvas.Text(Margin + 12, top - 11, _words.OurTime, 11.5, Faint);
    }

    private void DrawBreak(double x, double top, double bottom, TimeSpan gap)
    {
        _canvas.Begin(TimelineFormat.Duration(gap));
        _canvas.Rect(x - 9, top - 8, 18, bottom - top + 8, Ground);
        foreach (var side in (ReadOnlySpan<double>)[-9, 9])
        {
            var path = Invariant($"M{x + side:0.#} {top - 8:0.#}");
            for (var y = top - 8; y < bottom; y += 12)
            {
                path += Invariant($"l-3 {Math.Min(6, bottom - y):0.#}l3 {Math.Clamp(bottom - y - 6, 0, 6):0.#}");
            }

            _canvas.Path(path, "#c3cad5");
        }

        // Upright in the gap itself, where no label of the axis can be in its way.
        var middle = (top + bottom) / 2;
        _canvas.Text(x + 4, middle, TimelineFormat.Duration(gap), 11.5, Wait, "middle", bold: true, rotate: -90);
        _canvas.End();
    }

    private void DrawFlow(double top)
    {
        for (var i = 1; i < _x.Length; i++)
        {
            var (from, to) = (LaneOf(_timeline.Entries[i - 1], top), LaneOf(_timeline.Entries[i], top));
            var middle = (_x[i - 1] + _x[i]) / 2;
            _canvas.Path(
                Invariant($"M{_x[i - 1]:0.#} {from:0.#}C{middle:0.#} {from:0.#} {middle:0.#} {to:0.#} {_x[i]:0.#} {to:0.#}"),
                "#b7bfcc", 1.6, dash: IsAfterBreak(_timeline.Entries[i]) ? "3 5" : null);
        }
    }

    private void DrawDot(TimelineEntry entry, double x, double y)
    {
        var colour = TimelineColours.Of(entry);
        var isEffective = entry.IsTransition || entry.IsAnomaly;
        _canvas.Begin(Tooltip(entry), entry.LogLink);
        if ((entry.Marks & TimelineMarks.LateFact) != 0)
        {
            _canvas.Circle(x, y, 15, "none", "#dc8a06", 2, "3 3");
        }

        // What took effect is filled; what was only noted is hollow.
        _canvas.Circle(x, y, 11.5, isEffective ? colour : Ground, isEffective ? Ground : colour, 2);
        _canvas.Text(
            x, y + 3.8, Invariant($"{entry.Version}"), entry.Version > 99 ? 8.5 : 10.5, isEffective ? "#ffffff" : colour, "middle",
            bold: true);
        if (entry.IsAnomaly)
        {
            _canvas.Warning(x + 11, y - 11, 17);
        }

        _canvas.End(entry.LogLink);
    }

    private void DrawLabels(double top)
    {
        var longest = 0.0;
        for (var i = 0; i < _x.Length; i++)
        {
            var entry = _timeline.Entries[i];
            var (name, note) = LabelOf(entry);
            var colour = entry.IsAnomaly ? Bad : entry.Moves.Count > 0 ? Ink : Soft;
            if (HasWideSteps)
            {
                _canvas.Text(_x[i], top + 20, SvgCanvas.Fit(name, _step - 8, 12.5), 12.5, colour, "middle", bold: entry.Moves.Count > 0);
                _canvas.Text(_x[i], top + 36, SvgCanvas.Fit(note, _step - 8, 11), 11, entry.IsAnomaly ? Bad : Faint, "middle");
                longest = 42;
            }
            else
            {
                var text = SvgCanvas.Fit(name, 128, LabelSize);
                _canvas.Text(_x[i] - 3, top + 14, text, LabelSize, colour, bold: entry.Moves.Count > 0, rotate: 50);
                longest = Math.Max(longest, (SvgCanvas.WidthOf(text, LabelSize) * 0.77) + 20);
            }
        }

        _y = top + longest;
    }

    private static (string Name, string Note) LabelOf(TimelineEntry entry) => entry.Moves.Count > 0
        ? (
            string.Join(" / ", entry.Moves.Select(m => m.To.LocalName).Distinct(StringComparer.Ordinal)),
            $"{entry.Trigger} · {entry.Outcome}")
        : (
            entry.RawStatus is { Length: > 0 } raw && entry.Reported is not null ? $"“{raw}”" : entry.Trigger,
            $"{(entry.Reported is null ? "" : $"{entry.Trigger} · ")}{entry.Outcome}");

    private void DrawBars()
    {
        _y += 14;
        for (var facet = 0; facet < _timeline.Facets.Count; facet++)
        {
            var y = _y + (facet * BarHeight);
            _canvas.Text(Margin + 12, y + 17, SvgCanvas.Fit(_timeline.Facets[facet].Name, LabelWidth - 16, 13), 13, Ink, bold: true);
            foreach (var span in _timeline.Facets[facet].Spans)
            {
                DrawBar(_timeline.Facets[facet], span, y);
            }
        }

        _y += _timeline.Facets.Count * BarHeight;
    }

    private void DrawBar(Timeline.Facet facet, Timeline.Span span, double y)
    {
        var from = PositionOf(span.FromVersion);
        var isPresent = span.ToVersion is null;
        var to = isPresent ? _right - 8 : PositionOf(span.ToVersion!.Value) - 4;
        var width = Math.Max(3, to - from);
        var index = facet.Spans.TakeWhile(s => !ReferenceEquals(s, span)).Count();
        var (ground, ink) = isPresent ? ("#d1e0ff", "#1849a9") : index % 2 == 0 ? ("#d9efe6", "#0b5c41") : ("#e4eaf2", "#344054");
        var dwell = TimelineFormat.Duration(span.Dwell);
        _canvas.Begin(
            $"{facet.Name}: {span.State.LocalName} ({span.State.Name} "
            + $"{span.State.Code.ToString(CultureInfo.InvariantCulture)})\n{Local(span.EnteredAt)}  {dwell}{(isPresent ? " …" : "")}");
        _canvas.Rect(from, y + 2, width, BarHeight - 8, ground, 5);
        if (isPresent)
        {
            _canvas.Path(Invariant($"M{to - 10:0.#} {y + 8:0.#}l5 5l-5 5"), ink, 1.6);
        }

        var room = width - (isPresent ? 28 : 12);
        var name = PrintableText.Clean(span.State.LocalName);
        if (SvgCanvas.WidthOf(name, 12) + SvgCanvas.WidthOf(dwell, 11) + 8 <= room)
        {
            _canvas.Text(from + 8, y + 17.5, name, 12, ink, bold: true);
            _canvas.Text(from + 16 + SvgCanvas.WidthOf(name, 12), y + 17.5, dwell, 11, ink);
        }
        else
        {
            _canvas.Text(from + 6, y + 17.5, SvgCanvas.Fit(name, room + 4, 11.5), 11.5, ink, bold: true);
        }

        _canvas.End();
    }

    private double PositionOf(long version) =>
        _timeline.Entries.TakeWhile(e => e.Version != version).Count() is var i && i < _x.Length
            ? _x[i]
            : PlotLeft;

    /// <summary>Says in words what is wrong, what is open and what is due.</summary>
    private void DrawNotes()
    {
        var notes = new List<(string Colour, string Text, string? Link)>();
        notes.AddRange(_timeline.Gaps.Select(n => (Bad, $"{n.LocalName}: {_words.Of(n.Status)}", n.Entry?.LogLink)));
        notes.AddRange(_timeline.Entries.Where(e => e.IsAnomaly).Select(e => (
            Bad,
            Invariant($"#{e.Version} {e.Source} {e.Trigger}: {string.Join(", ", _words.Of(e.Marks))}")
                + (e.Reason == DecisionReason.Expected ? "" : $" ({e.Explanation})")
                + (e.RawStatus is { Length: > 0 } raw ? $" · {raw}" : ""),
            e.LogLink)));
        notes.AddRange(_timeline.OpenCases.Select(c => (
            Bad,
            $"{_words.OpenCase} {c.Code} · {c.Owner}{(c.DueAt is { } due ? $" · {_words.Due} {Local(due)}" : "")}: {c.Reason}",
            (string?)null)));
        notes.AddRange(_timeline.Deadlines.Select(d => (
            d.IsOverdue ? Bad : Wait,
            $"{_words.Deadline} {d.State?.LocalName ?? d.Facet}: "
            + $"{(d.IsOverdue ? _words.Overdue : _words.Due)} {Local(d.DueAt)} → {d.Trigger}",
            (string?)null)));
        if (notes.Count == 0)
        {
            _y += 10;
            return;
        }

        _y += 20;
        foreach (var (colour, text, link) in notes.Take(12))
        {
            _canvas.Begin(text, link);
            _canvas.Warning(Margin + 9, _y + 7, 15, colour);
            _canvas.Text(Margin + 26, _y + 12, SvgCanvas.Fit(text, _right - Margin - 30, 12.5), 12.5, Ink);
            _canvas.End(link);
            _y += 22;
        }

        if (notes.Count > 12)
        {
            _canvas.Text(Margin + 26, _y + 12, Invariant($"+{notes.Count - 12}"), 12.5, Soft);
            _y += 22;
        }
    }

    private void DrawLegend()
    {
        _y += 12;
        _canvas.Line(Margin, _y, _right, _y, Rule);
        _y += 22;
        var x = Margin + 6;
        (string Colour, bool IsHollow, string Text)[] items =
        [
            (Good, false, _words.Of(DecisionKind.Applied)),
            (Faint, true, _words.Of(DecisionKind.AlreadyApplied)),
            ("#dc8a06", true, _words.Of(DecisionKind.Late)),
            ("#7a5af8", false, _words.Of(DecisionKind.Early)),
            (Bad, false, _words.Of(DecisionKind.Contradictory)),
            ("#475467", true, _words.Of(DecisionKind.Rejected)),
        ];
        foreach (var (colour, isHollow, text) in items)
        {
            _canvas.Circle(x, _y - 4, 5.5, isHollow ? Ground : colour, colour, 2);
            x = Word(x + 11, text);
        }

        _canvas.Circle(x, _y - 4, 6.5, "none", "#dc8a06", 2, "3 3");
        x = Word(x + 12, string.Concat(_words.Of(TimelineMarks.LateFact)));
        _canvas.Warning(x, _y - 4, 14);
        Word(
            x + 12,
            string.Join(
                " / ",
                _words.Of(TimelineMarks.Contradictory | TimelineMarks.ClockBackward | TimelineMarks.ClockAhead | TimelineMarks.YearsOld)));

        double Word(double at, string text)
        {
            _canvas.Text(at, _y, text, 11.5, Soft);
            return at + SvgCanvas.WidthOf(text, 11.5) + 22;
        }
    }

    private string Tooltip(TimelineEntry entry)
    {
        List<string> lines =
        [
            Invariant($"#{entry.Version} {entry.Trigger} · {entry.Source}"),
            $"{entry.Outcome}: {entry.Explanation}",
        ];
        Add(
            _words.State,
            string.Join(" / ", entry.Moves.Select(m => $"{(m.From is null ? "" : $"{m.From.LocalName} → ")}{m.To.LocalName}{Dwell(m)}")));
        Add(_words.SourceTime, entry.OccurredAt is { } occurred ? Local(occurred) : null);
        var after = entry.Delay is { } delay ? $" ({(delay < TimeSpan.Zero ? "" : "+")}{TimelineFormat.Duration(delay)})" : "";
        Add(_words.OurTime, Local(entry.RecordedAt) + after);
        Add(_words.RawStatus, entry.RawStatus);
        Add("", entry.Amount);
        Add(_words.Evidence, entry.Evidence);
        Add(_words.Response, entry.ResponseCode);
        Add(_words.Operator, entry.Operator);
        Add(_words.Trace, entry.TraceId);
        Add(_words.Guards, string.Join(", ", entry.FailedGuards));
        Add(_words.OpenCase, string.Join(", ", entry.CasesOpened));
        Add(_words.Holds, string.Join(", ", entry.HoldsPlaced));
        Add("!", string.Join(", ", _words.Of(entry.Marks & ~TimelineMarks.Repeated)));
        return string.Join('\n', lines.Select(PrintableText.Clean));

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                lines.Add(name.Length == 0 ? value : $"{name}: {value}");
            }
        }

        static string Dwell(Timeline.Move move) =>
            (move.DwellAtSource ?? move.Dwell) is { } dwell ? $" ({TimelineFormat.Duration(dwell)})" : "";
    }
}
