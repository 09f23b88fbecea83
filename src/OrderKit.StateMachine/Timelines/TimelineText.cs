using System.Text;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Writes timelines as plain text, for a terminal, a ticket or a mail; columns stay aligned with Chinese texts too.</summary>
internal static class TimelineText
{
    private const string Gap = "  ";
    private const int WidestCell = 36;

    /// <summary>Writes a timeline; lines end with a line feed.</summary>
    public static string Write(Timeline timeline)
    {
        var text = new StringBuilder();
        WriteHead(text, timeline);
        WriteNodes(text, timeline);
        WriteEntries(text, timeline);
        WriteOpen(text, timeline);
        return text.ToString();
    }

    private static void WriteHead(StringBuilder text, Timeline timeline)
    {
        var words = timeline.Words;
        var tenant = timeline.Order.Tenant == TenantId.Default ? "" : $" ({timeline.Order.Tenant.Value})";
        List<string[]> rows =
        [
            [words.Order, $"{timeline.Order.Order}{tenant}"],
            [words.Status, $"{timeline.Headline.LocalName} [{timeline.Headline.Code}]"],
            [words.Placed, $"{TimelineFormat.Instant(timeline.PlacedAt, timeline.UtcOffset)} {TimelineFormat.Offset(timeline.UtcOffset)}"],
            [words.AsOf, TimelineFormat.Instant(timeline.AsOf, timeline.UtcOffset)],
            [words.Model, $"{timeline.Model} {timeline.ModelVersion} {timeline.Fingerprint}"],
        ];
        AddInstant(rows, words.ShipBy, timeline.ShipBy, timeline.UtcOffset);
        AddInstant(rows, words.DeliverBy, timeline.DeliverBy, timeline.UtcOffset);
        if (timeline.References.Count > 0)
        {
            rows.Add([words.Numbers, string.Join(", ", timeline.References.Select(r => $"{r.Kind.Code} {r.Value}"))]);
        }

        if (timeline.Holds.Count > 0)
        {
            rows.Add([words.Holds, string.Join(", ", timeline.Holds)]);
        }

        WriteTable(text, rows, cut: false);
        text.Append('\n');
    }

    private static void WriteNodes(StringBuilder text, Timeline timeline)
    {
        var rows = timeline.Nodes.Select(node => new[]
        {
            node.Status switch
            {
                Timeline.NodeStatus.Reached => "[x]",
                Timeline.NodeStatus.NotYet => "[ ]",
                Timeline.NodeStatus.NotComing => "[-]",
                _ => "[!]",
            },
            node.LocalName,
            node.Status == Timeline.NodeStatus.Reached
                ? TimelineFormat.Instant(node.Entry!.At, timeline.UtcOffset)
                : timeline.Words.Of(node.Status),
            node.Entry?.Source ?? "",
            node.Entry is { } entry ? $"#{entry.Version}" : "",
            node.Elapsed is { } elapsed ? TimelineFormat.Signed(elapsed) : "",
            node.Entry is { } late && (late.Marks & TimelineMarks.LateFact) != 0
                ? string.Concat(timeline.Words.Of(TimelineMarks.LateFact))
                : "",
            node.RevokedBy is { } by ? $"{timeline.Words.RevokedBy} #{by}" : "",
        });
        WriteTable(text, [.. rows]);
        text.Append('\n');
    }

    private static void WriteEntries(StringBuilder text, Timeline timeline)
    {
        var words = timeline.Words;
        if (timeline.Entries.Count == 0)
        {
            text.Append(words.NoEntries).Append('\n');
            return;
        }

        List<string[]> rows = [["", "#", words.SourceTime, words.OurTime, words.Source, words.What, words.State, words.Result]];
        rows.AddRange(timeline.Entries.Select(entry => new[]
        {
            entry.IsAnomaly ? "!" : "",
            $"{entry.Version}",
            entry.OccurredAt is { } occurred ? TimelineFormat.Instant(occurred, timeline.UtcOffset) : "-",
            TimelineFormat.Instant(entry.RecordedAt, timeline.UtcOffset),
            entry.Source,
            entry.Trigger,
            string.Join(", ", entry.Moves.Select(m => m.To.LocalName)),
            entry.Outcome,
        }));
        WriteTable(text, rows, details: row => row == 0 ? [] : DetailsOf(timeline.Entries[row - 1], words));
    }

    private static IEnumerable<string> DetailsOf(TimelineEntry entry, TimelineWords words)
    {
        if (entry.Reason != DecisionReason.Expected)
        {
            yield return entry.Explanation;
        }

        const TimelineMarks Told =
            TimelineMarks.Repeated | TimelineMarks.Late | TimelineMarks.Early | TimelineMarks.Contradictory | TimelineMarks.Refused;
        var marks = words.Of(entry.Marks & ~Told).ToList();
        if (marks.Count > 0)
        {
            yield return $"{string.Join(", ", marks)}{(entry.Delay is { } delay ? $" ({TimelineFormat.Duration(delay)})" : "")}";
        }

        foreach (var move in entry.Moves.Where(m => m.From is not null))
        {
            var dwell = TimelineFormat.Duration(move.DwellAtSource ?? move.Dwell ?? default);
            yield return $"{move.From!.LocalName} > {move.To.LocalName} {words.Dwell} {dwell}";
        }

        var facts = string.Join(Gap, FactsOf(entry, words));
        if (facts.Length > 0)
        {
            yield return facts;
        }

        foreach (var attachment in entry.Attachments)
        {
            yield return $"{words.Attachment} {attachment.Name} ({attachment.MediaType}) sha256:{attachment.Digest}";
        }

        if (entry.LogLink is { } link)
        {
            yield return $"{words.Log} {link}";
        }
    }

    private static IEnumerable<string> FactsOf(TimelineEntry entry, TimelineWords words)
    {
        (string Name, string? Value)[] facts =
        [
            ("", entry.Amount),
            ("", entry.Quantity is { } quantity ? $"x{quantity}" : null),
            (words.Evidence, entry.Evidence),
            (words.RawStatus, entry.RawStatus),
            ("=", entry.Reported?.LocalName),
            (words.Response, entry.ResponseCode),
            (words.Operator, entry.Operator),
            (words.Trace, entry.TraceId),
            (words.Guards, entry.FailedGuards.Count > 0 ? string.Join(", ", entry.FailedGuards) : null),
            ("+", NamesOf(entry.HoldsPlaced.Concat(entry.CasesOpened))),
            ("-", NamesOf(entry.HoldsReleased.Concat(entry.CasesClosed))),
        ];
        return facts.Where(f => !string.IsNullOrEmpty(f.Value)).Select(f => f.Name.Length == 0 ? f.Value! : $"{f.Name} {f.Value}");

        static string NamesOf(IEnumerable<string> names) => string.Join(", ", names);
    }

    private static void WriteOpen(StringBuilder text, Timeline timeline)
    {
        var words = timeline.Words;
        List<string[]> rows = [];
        foreach (var open in timeline.OpenCases)
        {
            var due = open.DueAt is { } at ? $"{words.Due} {TimelineFormat.Instant(at, timeline.UtcOffset)}" : "";
            rows.Add(["!", words.OpenCase, open.Code, open.Owner, due, open.Reason]);
        }

        foreach (var deadline in timeline.Deadlines)
        {
            var due = $"{(deadline.IsOverdue ? words.Overdue : words.Due)} {TimelineFormat.Instant(deadline.DueAt, timeline.UtcOffset)}";
            rows.Add(
                [deadline.IsOverdue ? "!" : "", words.Deadline, deadline.State?.LocalName ?? deadline.Facet, deadline.Trigger, due, ""]);
        }

        if (rows.Count > 0)
        {
            text.Append('\n');
            WriteTable(text, rows, cut: false);
        }
    }

    private static void AddInstant(List<string[]> rows, string name, DateTimeOffset? value, TimeSpan offset)
    {
        if (value is { } instant)
        {
            rows.Add([name, TimelineFormat.Instant(instant, offset)]);
        }
    }

    private static void WriteTable(StringBuilder text, List<string[]> rows, bool cut = true, Func<int, IEnumerable<string>>? details = null)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var limit = cut ? WidestCell : int.MaxValue;
        var cells = rows.ConvertAll(row => Array.ConvertAll(row, cell => PrintableText.Cut(PrintableText.Clean(cell), limit)));
        var widths = new int[cells[0].Length];
        foreach (var row in cells)
        {
            for (var i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], PrintableText.WidthOf(row[i]));
            }
        }

        for (var r = 0; r < cells.Count; r++)
        {
            var line = new StringBuilder();
            for (var i = 0; i < widths.Length; i++)
            {
                if (widths[i] > 0)
                {
                    line.Append(PrintableText.Pad(cells[r][i], widths[i])).Append(Gap);
                }
            }

            text.Append(line.ToString().AsSpan().TrimEnd(' ')).Append('\n');
            foreach (var detail in details?.Invoke(r) ?? [])
            {
                text.Append("      ").Append(PrintableText.Clean(detail)).Append('\n');
            }
        }
    }
}
