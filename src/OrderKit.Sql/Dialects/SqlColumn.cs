namespace OrderKit.Sql;

/// <summary>A column that is written, with a function that reads its value from a row.</summary>
/// <param name="name">The name of the column.</param>
/// <param name="type">The PostgreSQL type of the parameter, for statements that take rows or arrays of rows as parameters.</param>
/// <param name="text">Reads the text, for a column of texts: not every text can be stored.</param>
internal abstract class SqlColumn<TRow>(string name, string type, Func<TRow, string?>? text)
{
    internal string Name { get; } = name;

    internal string Type { get; } = type;

    internal Func<TRow, string?>? TextOf { get; } = text;

    /// <summary>Returns the value of one row in the form that the driver expects.</summary>
    internal abstract object Of(TRow row, SqlDialect dialect);

    /// <summary>Returns the values of many rows as an array that the driver expects.</summary>
    internal abstract Array ArrayOf(IReadOnlyList<TRow> rows, SqlDialect dialect);

    internal static SqlColumn<TRow> Number(string name, Func<TRow, long?> get) =>
        new Column<long?>(name, "bigint", null, get, static (value, _) => SqlValue.Number(value!.Value), static (values, _) => values);

    internal static SqlColumn<TRow> Text(string name, Func<TRow, string?> get) =>
        new Column<string?>(name, "text", get, get, static (value, _) => SqlValue.Text(value!), static (values, _) => values);

    internal static SqlColumn<TRow> Bytes(string name, Func<TRow, byte[]?> get) =>
        new Column<byte[]?>(name, "bytea", null, get, static (value, _) => value!, static (values, _) => values);

    internal static SqlColumn<TRow> Instant(string name, Func<TRow, DateTimeOffset?> get) => new Column<DateTimeOffset?>(
        name, "timestamptz", null, get, static (value, dialect) => dialect.FromInstant(value!.Value),
        static (values, dialect) => dialect.FromInstants(values));

    private sealed class Column<TValue>(
        string name,
        string type,
        Func<TRow, string?>? text,
        Func<TRow, TValue> get,
        Func<TValue, SqlDialect, object> one,
        Func<TValue[], SqlDialect, Array> many) : SqlColumn<TRow>(name, type, text)
    {
        internal override object Of(TRow row, SqlDialect dialect) => get(row) is { } value ? one(value, dialect) : DBNull.Value;

        internal override Array ArrayOf(IReadOnlyList<TRow> rows, SqlDialect dialect)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = get(rows[i]);
            }

            return many(values, dialect);
        }
    }
}
