using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>Many changes, taken apart into the sets that one statement writes.</summary>
internal sealed class OrderBatch
{
    internal OrderBatch(IReadOnlyList<OrderChange> changes, IReadOnlyList<int> places)
    {
        foreach (var place in places)
        {
            Add(place, changes[place]);
        }
    }

    internal List<(int At, StoredOrder Row)> Created { get; } = [];

    internal List<(int At, StoredOrder Row)> Changed { get; } = [];

    internal List<long> Expected { get; } = [];

    internal List<(int At, JournalEntry Row)> Entries { get; } = [];

    internal List<(int At, JournalDetail Row)> Details { get; } = [];

    internal List<(int At, OutboxMessage Row)> Messages { get; } = [];

    internal List<(int At, DeadlineChange Row)> Armed { get; } = [];

    internal List<(int At, DeadlineChange Row)> Disarmed { get; } = [];

    internal List<(int At, OrderReference Row)> Links { get; } = [];

    internal List<(int At, OrderCase Row)> Opened { get; } = [];

    internal List<(int At, OrderCase Row)> Closed { get; } = [];

    /// <summary>Cases of one kind that a change both opens and closes: one statement cannot write a row twice, so they follow it.</summary>
    internal List<(int At, OrderCase Row)> Intricate { get; } = [];

    /// <summary>The numbers that become known.</summary>
    internal IEnumerable<OrderReference> Numbers =>
        Links.Select(link => link.Row).Concat(Created.Select(order => NumberLocks.NumberOf(order.Row.Key)));

    private void Add(int at, OrderChange change)
    {
        if (change.ExpectedVersion == 0)
        {
            Created.Add((at, change.Order));
        }
        else
        {
            Changed.Add((at, change.Order));
            Expected.Add(change.ExpectedVersion);
        }

        foreach (var entry in change.Entries)
        {
            Entries.Add((at, entry));
        }

        foreach (var detail in change.Details)
        {
            Details.Add((at, detail));
        }

        foreach (var message in change.Messages)
        {
            Messages.Add((at, message));
        }

        foreach (var link in change.Links)
        {
            Links.Add((at, link));
        }

        AddDeadlines(at, change.Deadlines);
        AddCases(at, change.Cases);
    }

    private void AddDeadlines(int at, IReadOnlyList<DeadlineChange> deadlines)
    {
        for (var i = 0; i < deadlines.Count; i++)
        {
            var isReplaced = false;
            for (var later = i + 1; later < deadlines.Count && !isReplaced; later++)
            {
                isReplaced = deadlines[later].Facet == deadlines[i].Facet;
            }

            if (!isReplaced)
            {
                (deadlines[i].DueAt is null ? Disarmed : Armed).Add((at, deadlines[i]));
            }
        }
    }

    private void AddCases(int at, IReadOnlyList<OrderCase> cases)
    {
        foreach (var item in cases)
        {
            var ofKind = 0;
            foreach (var other in cases)
            {
                ofKind += other.Code == item.Code ? 1 : 0;
            }

            (ofKind > 1 ? Intricate : item.ClosedAt is null ? Opened : Closed).Add((at, item));
        }
    }
}
