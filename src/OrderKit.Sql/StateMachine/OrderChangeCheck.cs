
namespace OrderKit.Sql;

/// <summary>Refuses a change that contradicts itself, before anything is written.</summary>
internal static class OrderChangeCheck
{
    internal static void Require(OrderChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var entries = change.Entries;
        if (change.ExpectedVersion < 0 || entries.Count == 0)
        {
            throw new ArgumentException(
                $"A change of order {change.Order.Key} has {entries.Count} journal rows on version {change.ExpectedVersion}; it has one or "
                + "more, on version 0 or later.",
                nameof(change));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Version != change.ExpectedVersion + 1 + i)
            {
                throw new ArgumentException(
                    $"Row {i} of a change of order {change.Order.Key} has version {entries[i].Version}; after version "
                    + $"{change.ExpectedVersion} it must be {change.ExpectedVersion + 1 + i}.",
                    nameof(change));
            }
        }

        if (change.Order.Snapshot.Version != entries[^1].Version)
        {
            throw new ArgumentException(
                $"A change leaves order {change.Order.Key} at version {change.Order.Snapshot.Version}, and its last journal row is "
                + $"{entries[^1].Version}. They must be the same.",
                nameof(change));
        }

        if (entries.Count > 1 && entries.DistinctBy(entry => (entry.Source, entry.FactId)).Count() < entries.Count)
        {
            throw new ArgumentException(
                $"A change of order {change.Order.Key} brings one fact twice. A fact has one row in the journal.", nameof(change));
        }

        RequireStorable(OrderRow.Columns, change.Order);
        RequireStorable(JournalColumns.Columns, entries);
        RequireStorable(OrderParts.Messages, change.Messages);
        RequireStorable(OrderParts.Deadlines, change.Deadlines);
        RequireStorable(OrderParts.Cases, change.Cases);
        foreach (var detail in change.Details)
        {
            if (detail.Note is { } note)
            {
                _ = OrderParts.StrictUtf8.GetByteCount(note);
            }
        }
    }

    private static void RequireStorable<TRow>(SqlColumns<TRow> columns, params IReadOnlyList<TRow> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            columns.RequireStorable(rows[i]);
        }
    }
}
