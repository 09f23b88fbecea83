using System.Collections.Concurrent;
using System.Globalization;

namespace OrderKit.Sql;

/// <summary>Inserts rows one by one, naming only the columns that have a value.</summary>
/// <remarks>
/// The driver looks each parameter up by its name, one after the other, and many columns of a journal row are empty. Rows of one kind
/// leave out the same columns, so there are few texts.
/// </remarks>
internal sealed class SqlInsert<TRow>(string table, SqlColumns<TRow> columns, string onConflict)
{
    private readonly ConcurrentDictionary<ulong, string> _texts = new();

    internal ValueTask<int> ExecuteAsync(SqlSession session, long orderNo, TRow row, CancellationToken cancellationToken)
    {
        var values = columns.Values(row, session.Dialect);
        var present = 0UL;
        for (var i = 0; i < values.Length; i++)
        {
            present |= values[i] is DBNull ? 0 : 1UL << i;
        }

        var call = session.Call(_texts.GetOrAdd(present, static (mask, self) => self.Write(mask), this));
        var next = 1;
        call.SetReady(next, SqlValue.Number(orderNo));
        foreach (var value in values)
        {
            if (value is not DBNull)
            {
                call.SetReady(++next, value);
            }
        }

        return call.ExecuteAsync(cancellationToken);
    }

    private string Write(ulong present)
    {
        var named = columns.AllNames.Where((_, i) => (present & (1UL << i)) != 0).Prepend("order_no").ToList();
        var parameters = named.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}"));
        return $"INSERT INTO {{{table}}} ({string.Join(", ", named)}) VALUES ({string.Join(", ", parameters)}) {onConflict}";
    }
}
