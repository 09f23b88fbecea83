using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Turns journal rows into entries, one after the other, remembering what each facet was in.</summary>
internal sealed class TimelineEntries(OrderModel model, StoredOrder order, TimelineOptions options)
{
    private readonly List<TimelineEntry> _built = [];
    private readonly JournalEntry?[] _enteredBy = new JournalEntry?[StateCodes.MaxFacets];
    private readonly DateTimeOffset?[] _milestone = new DateTimeOffset?[StateCodes.MaxFacets];
    private readonly List<Timeline.Span>[] _spans = [.. model.Facets.Select(_ => new List<Timeline.Span>())];
    private readonly HashSet<int> _nodeStates = [.. model.TimelineNodes.SelectMany(n => n.States)];
    private DateTimeOffset? _created;
    private JournalEntry? _before;

    public IReadOnlyList<TimelineEntry> Built => _built;

    public void Add(JournalEntry row)
    {
        var isOurs = row.Model == model.Fingerprint;
        var wasOurs = _before is null || _before.Model == model.Fingerprint;
        var (holds, cases) = isOurs && wasOurs ? (_before?.Holds ?? 0, _before?.Cases ?? 0) : (row.Holds, row.Cases);
        _built.Add(new TimelineEntry
        {
            Version = row.Version,
            IsTransition = row.IsTransition,
            Trigger = row.Trigger,
            Kind = row.Kind,
            Reason = row.Reason,
            Outcome = options.Words.Of(row.Kind),
            Explanation = options.Words.Of(row.Reason),
            FailedGuards = row.FailedGuards?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Source = row.Source,
            Operator = row.Operator,
            FactId = row.FactId,
            OccurredAt = row.OccurredAt,
            RecordedAt = row.RecordedAt,
            Delay = row.RecordedAt - row.OccurredAt,
            SincePrevious = row.RecordedAt - _before?.RecordedAt,
            RawStatus = row.RawStatus,
            Reported = row.ReportedState is { } reported ? TimelineBuilder.StateOf(model, reported) : null,
            ResponseCode = row.ResponseCode,
            TraceId = row.TraceId,
            LogLink = LinkOf(row),
            Evidence = row.Evidence,
            Attachments = row.Attachments,
            Amount = AmountOf(row),
            Quantity = row.Quantity,
            Marks = MarksOf(row),
            Moves = MovesOf(row),
            HoldsPlaced = model.HoldCodes(row.Holds & ~holds),
            HoldsReleased = model.HoldCodes(holds & ~row.Holds),
            CasesOpened = model.CaseCodes(row.Cases & ~cases),
            CasesClosed = model.CaseCodes(cases & ~row.Cases),
            Segment = row.Segment,
        });
        Remember(row);
        _before = row;
    }

    public IReadOnlyList<Timeline.Facet> FacetsUntil(DateTimeOffset asOf) =>
    [
        .. model.Facets.Select((facet, i) => new Timeline.Facet(
            facet.Name,
            _enteredBy[i] is { } by ? [.. _spans[i], SpanOf(i, by, null, asOf)] : _spans[i])),
    ];

    private Timeline.Span SpanOf(int facet, JournalEntry entered, long? left, DateTimeOffset until)
    {
        var dwell = until - entered.RecordedAt;
        return new(
            TimelineBuilder.StateOf(model, entered.States[facet]), entered.Version, left, entered.RecordedAt,
            dwell > TimeSpan.Zero ? dwell : TimeSpan.Zero);
    }

    private Timeline.Move[] MovesOf(JournalEntry row)
    {
        var moves = new List<Timeline.Move>();
        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            if ((row.MovedFacets & (1 << facet)) == 0)
            {
                continue;
            }

            var before = _enteredBy[facet];
            var atSource = row.OccurredAt - before?.OccurredAt;
            moves.Add(new Timeline.Move(
                TimelineBuilder.FacetName(model, facet),
                before is null ? null : TimelineBuilder.StateOf(model, before.States[facet]),
                TimelineBuilder.StateOf(model, row.States[facet]),
                row.RecordedAt - before?.RecordedAt,
                atSource >= TimeSpan.Zero ? atSource : null));
        }

        return [.. moves];
    }

    private TimelineMarks MarksOf(JournalEntry row)
    {
        var marks = row.Kind switch
        {
            DecisionKind.AlreadyApplied => TimelineMarks.Repeated,
            DecisionKind.Late => TimelineMarks.Late,
            DecisionKind.Early => TimelineMarks.Early,
            DecisionKind.Contradictory => TimelineMarks.Contradictory,
            DecisionKind.Rejected or DecisionKind.GuardFailed => TimelineMarks.Refused,
            _ => TimelineMarks.None,
        };
        if (row.OccurredAt is not { } occurred)
        {
            return marks;
        }

        var delay = row.RecordedAt - occurred;
        if (delay > options.OldAfter)
        {
            return marks | TimelineMarks.YearsOld;
        }

        marks |= delay > options.LateAfter ? TimelineMarks.LateFact : delay < -options.ClockTolerance
            ? TimelineMarks.ClockAhead : TimelineMarks.None;
        return row.IsTransition && IsBeforeMilestone(row, occurred) ? marks | TimelineMarks.ClockBackward : marks;
    }

    // Only within a facet: that the bill of a later day is heard of after the parcel of an earlier one is no fault of any clock.
    private bool IsBeforeMilestone(JournalEntry row, DateTimeOffset occurred)
    {
        if (_created is { } created && created - occurred > options.OrderTolerance)
        {
            return true;
        }

        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            if ((row.MovedFacets & (1 << facet)) != 0 && _milestone[facet] is { } milestone
                && milestone - occurred > options.OrderTolerance)
            {
                return true;
            }
        }

        return false;
    }

    private void Remember(JournalEntry row)
    {
        // A milestone with a wrong clock must not cast doubt on all that follow.
        var trusted = (_built[^1].Marks & (TimelineMarks.ClockAhead | TimelineMarks.YearsOld)) == 0 ? row.OccurredAt : null;
        if (row.Version == 1)
        {
            _created = trusted;
        }

        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            if ((row.MovedFacets & (1 << facet)) == 0)
            {
                continue;
            }

            if (_enteredBy[facet] is { } entered && facet < _spans.Length)
            {
                _spans[facet].Add(SpanOf(facet, entered, row.Version, row.RecordedAt));
            }

            _enteredBy[facet] = row;
            var code = row.States[facet];
            if (trusted is not null && (_nodeStates.Contains(code) || model.StateOf(code) is { IsAnchor: true }))
            {
                _milestone[facet] = trusted;
            }
        }
    }

    private string? LinkOf(JournalEntry row)
    {
        if (options.LogLink is not { } link || (string.IsNullOrEmpty(row.TraceId) && link.Contains("{traceId}", StringComparison.Ordinal)))
        {
            return null;
        }

        return link
            .Replace("{traceId}", Encode(row.TraceId), StringComparison.Ordinal)
            .Replace("{source}", Encode(row.Source), StringComparison.Ordinal)
            .Replace("{order}", Encode(order.Key.Order.Value), StringComparison.Ordinal)
            .Replace("{version}", Encode($"{row.Version}"), StringComparison.Ordinal);
    }

    private static string Encode(string? text) => Uri.EscapeDataString(PrintableText.Clean(text));

    private string? AmountOf(JournalEntry row)
    {
        if (row.Amount is not { } amount)
        {
            return null;
        }

        if (row.Currency is null || row.Currency == order.Currency.Code)
        {
            return new Money(amount, order.Currency).ToString();
        }

        return Money.TryParse($"0 {row.Currency}", out var zero)
            ? new Money(amount, zero.Currency).ToString()
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{amount} {row.Currency}");
    }
}
