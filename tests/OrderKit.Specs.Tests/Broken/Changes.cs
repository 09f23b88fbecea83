using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>How broken stores rewrite what they are given.</summary>
internal static class Changes
{
    /// <summary>The same change, as if it had been decided on another version.</summary>
    public static OrderChange On(this OrderChange change, long version) => change with
    {
        ExpectedVersion = version,
        Entries = [.. change.Entries.Select((entry, i) => entry with { Version = version + 1 + i })],
        Order = change.Order with { Snapshot = change.Order.Snapshot with { Version = version + change.Entries.Count } },
    };

    /// <summary>The same change with every row rewritten.</summary>
    public static OrderChange Rows(this OrderChange change, Func<JournalEntry, JournalEntry> rewrite) =>
        change with { Entries = [.. change.Entries.Select(rewrite)] };

    public static IReadOnlyList<T> Each<T>(this IReadOnlyList<T> items, Func<T, T> rewrite) => [.. items.Select(rewrite)];
}
