using System.Text;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Sql;

/// <summary>The read side of suspected duplicates in SQL.</summary>
internal sealed class SqlDuplicateOrderQueryStore(SqlDatabase database) : IDuplicateOrderQueryStore
{
    private const int NumberOrdinal = 12;

    private static readonly string Select = $"SELECT {DuplicateColumns.Suspicions.Names}, suspicion_no FROM {{suspected_duplicates}}";

    private static readonly string Due =
        $"{Select} WHERE state = 1 AND auto_release_at <= {{now}} ORDER BY auto_release_at, suspicion_no LIMIT $1";

    public async ValueTask<Page<SuspectedDuplicate>> QueryAsync(DuplicateOrderQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var values = new List<object?> { query.Tenant.Value };
        return await database.PageAsync(
            Build(query, values), values, query.PageSize,
            static row => (Pair: DuplicateColumns.ReadSuspicion(row), Number: row.Int64(NumberOrdinal)), static row => row.Pair,
            static row => Continuations.Write(row.Pair.FoundAt, row.Number), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<SuspectedDuplicate>> DueAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return await database.ListAsync(Due, [max], static row => DuplicateColumns.ReadSuspicion(row), cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<DuplicateAct>> ReadActsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        await database.ListAsync(
            SqlDuplicateOrderStore.LoadActs, [order.Tenant.Value, order.Order.Value], static row => DuplicateColumns.ReadAct(row),
            cancellationToken).ConfigureAwait(false);

    private static StringBuilder Build(DuplicateOrderQuery query, List<object?> values)
    {
        var sql = new StringBuilder(Select).Append(" WHERE tenant = $1").Filter(" AND state = ", values, (int?)query.State)
            .Filter(" AND rule = ", values, query.Rule).Filter(" AND payment_channel = ", values, query.PaymentChannel)
            .Filter(" AND found_at >= ", values, query.From).Filter(" AND found_at < ", values, query.Before);
        if (query.Order is { } order)
        {
            sql.Append(" AND tenant = ").Add(values, order.Tenant.Value).Append(" AND (order_id = ").Add(values, order.Order.Value)
                .Append(" OR earlier_order_id = ").Add(values, order.Order.Value).Append(')');
        }

        if (query.Amount is { } amount)
        {
            sql.Append(" AND amount = ").Add(values, amount.MinorUnits).Append(" AND currency = ").Add(values, amount.Currency.Code)
                .Append(" AND currency_digits = ").Add(values, amount.Currency.MinorDigits);
        }

        if (query.Continuation is { } continuation)
        {
            var (instant, number) = Continuations.Read(continuation);
            var foundAt = instant ?? DateTimeOffset.MinValue;
            sql.Append(" AND (found_at > ").Add(values, foundAt).Append(" OR (found_at = ").Add(values, foundAt)
                .Append(" AND suspicion_no > ").Add(values, number).Append("))");
        }

        return sql.Append(" ORDER BY found_at, suspicion_no");
    }
}
