using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The statements of the order store: row by row, or set by set.</summary>
internal interface IOrderStatements
{
    ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        SqlSession session, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        SqlSession session, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken);

    /// <summary>Writes the changes at some places, each of another order, and notes the numbers of the orders at the same places.</summary>
    ValueTask SaveAsync(
        SqlSession session, IReadOnlyList<OrderChange> changes, IReadOnlyList<int> places, long[] saved,
        CancellationToken cancellationToken);

    ValueTask ParkAsync(SqlSession session, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken);

    ValueTask<List<(long ParkedNo, ParkedFact Fact)>> TakeParkedAsync(
        SqlSession session, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken);
}
