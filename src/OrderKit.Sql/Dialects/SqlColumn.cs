namespace OrderKit.Sql;

/// <summary>A column that is written: how to get its value from a row, one by one or as an array over many rows.</summary>
internal abstract class SqlColumn<TRow>(string name)
{
    internal string Name { get; } = name;

    /// <summary>The type of the parameter, where whole rows or arrays of them are parameters.</summary>
    internal abstract string Type { get; }

    /// <summary>What a driver takes as the value.</summary>
    internal abstract object Of(TRow row, SqlDialect dialect);

    internal abstract Array ArrayOf(IReadOnlyList<TRow> rows, SqlDialect dialect);

    /// <summary>Whether there are values that no database could keep.</summary>
    internal virtual bool IsChecked => false;

    /// <summary>Refuses such a value.</summary>
    internal virtual void RequireStorable(TRow row)
    {
    }

    internal static SqlColumn<TRow> Number(string name, Func<TRow, long?> get) => new NumberColumn(name, get);

    internal static SqlColumn<TRow> Text(string name, Func<TRow, string?> get) => new TextColumn(name, get);

    internal static SqlColumn<TRow> Bytes(string name, Func<TRow, byte[]?> get) => new BytesColumn(name, get);

    internal static SqlColumn<TRow> Instant(string name, Func<TRow, DateTimeOffset?> get) => new InstantColumn(name, get);

    private sealed class NumberColumn(string name, Func<TRow, long?> get) : SqlColumn<TRow>(name)
    {
        internal override string Type => "bigint";

        internal override object Of(TRow row, SqlDialect dialect) => get(row) is { } value ? SqlValue.Number(value) : DBNull.Value;

        internal override Array ArrayOf(IReadOnlyList<TRow> rows, SqlDialect dialect)
        {
            var values = new long?[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = get(rows[i]);
            }

            return values;
        }
    }

    private sealed class TextColumn(string name, Func<TRow, string?> get) : SqlColumn<TRow>(name)
    {
        internal override string Type => "text";

        internal override bool IsChecked => true;

        internal override object Of(TRow row, SqlDialect dialect) => get(row) is { } value ? SqlValue.Text(value) : DBNull.Value;

        internal override void RequireStorable(TRow row)
        {
            if (get(row) is { } text)
            {
                SqlValue.Text(text);
            }
        }

        internal override Array ArrayOf(IReadOnlyList<TRow> rows, SqlDialect dialect)
        {
            var values = new string?[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = get(rows[i]);
            }

            return values;
        }
    }

    private sealed class BytesColumn(string name, Func<TRow, byte[]?> get) : SqlColumn<TRow>(name)
    {
        internal override string Type => "bytea";

        internal override object Of(TRow row, SqlDialect dialect) => get(row) ?? (object)DBNull.Value;

        internal override Array ArrayOf(IReadOnlyList<TRow> rows, SqlDialect dialect)
        {
            var values = new byte[]?[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = get(rows[i]);
            }

            return values;
        }
    }

    private sealed class InstantColumn(string name, Func<TRow, DateTimeOffset?> get) : SqlColumn<TRow>(name)
    {
        internal override string Type => "timestamptz";

        internal override object Of(TRow row, SqlDialect dialect) => get(row) is { } value ? dialect.FromInstant(value) : DBNull.Value;

        internal override Array ArrayOf(IReadOnlyList<TRow> rows, SqlDialect dialect)
        {
            var values = new DateTimeOffset?[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = get(rows[i]);
            }

            return dialect.FromInstants(values);
        }
    }
}
