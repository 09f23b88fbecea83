using System.Globalization;

namespace OrderKit.Sql;

/// <summary>Columns that are written together.</summary>
internal sealed class SqlColumns<TRow>(params SqlColumn<TRow>[] columns)
{
    private readonly Func<TRow, string?>[] _texts = [.. columns.Select(column => column.TextOf).OfType<Func<TRow, string?>>()];

    /// <summary>The names of the columns, separated by commas.</summary>
    internal string Names { get; } = string.Join(", ", columns.Select(column => column.Name));

    internal IEnumerable<string> AllNames => columns.Select(column => column.Name);

    internal int Count => columns.Length;

    /// <summary>Returns the names, each qualified with an alias.</summary>
    internal string NamesOf(string alias) => string.Join(", ", columns.Select(column => $"{alias}.{column.Name}"));

    /// <summary>Returns <c>a = x.a, b = x.b</c> for an update, without the columns in <paramref name="except"/>.</summary>
    internal string Assignments(string alias, params IReadOnlyList<string> except) =>
        string.Join(
            ", ", columns.Where(column => !except.Contains(column.Name)).Select(column => $"{column.Name} = {alias}.{column.Name}"));

    /// <summary>Returns <c>$3, $4, …</c>.</summary>
    internal string Parameters(int from) =>
        string.Join(
            ", ", Enumerable.Range(from, columns.Length).Select(number => string.Create(CultureInfo.InvariantCulture, $"${number}")));

    /// <summary>Returns <c>a = $3, b = $4, …</c>. Excluded columns keep their number.</summary>
    internal string ParameterAssignments(int from, params IReadOnlyList<string> except) => string.Join(
        ", ",
        columns.Select((column, i) => (column.Name, Number: from + i)).Where(column => !except.Contains(column.Name))
            .Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Name} = ${column.Number}")));

    /// <summary>The shape of one row in which every column has a value.</summary>
    internal SqlRows Whole => SqlRows.One((1UL << columns.Length) - 1);

    /// <summary>Returns a table <c>r</c> that is built from parameters.</summary>
    /// <param name="next">The number of the first parameter. On return, the number after the last one.</param>
    /// <param name="rows">The shape of the parameters.</param>
    /// <param name="leading">Names of integer columns that come first.</param>
    /// <param name="ordinality">The name of a last column that numbers the rows.</param>
    internal string Table(ref int next, SqlRows rows, IReadOnlyList<string> leading, string? ordinality = null)
    {
        var items = new List<string>(leading.Count + columns.Length + 1);
        foreach (var name in leading)
        {
            items.Add(string.Create(CultureInfo.InvariantCulture, $"${next++}::bigint{(rows.IsOne ? $" AS {name}" : "[]")}"));
        }

        for (var i = 0; i < columns.Length; i++)
        {
            items.Add(!rows.IsOne ? string.Create(CultureInfo.InvariantCulture, $"${next++}::{columns[i].Type}[]")
                : rows.Has(i) ? string.Create(CultureInfo.InvariantCulture, $"${next++}::{columns[i].Type} AS {columns[i].Name}")
                : $"NULL::{columns[i].Type} AS {columns[i].Name}");
        }

        if (rows.IsOne)
        {
            return $"(SELECT {string.Join(", ", ordinality is null ? items : items.Append($"1 AS {ordinality}"))}) AS r";
        }

        var names = string.Join(", ", leading.Append(Names));
        return ordinality is null
            ? $"unnest({string.Join(", ", items)}) AS r ({names})"
            : $"unnest({string.Join(", ", items)}) WITH ORDINALITY AS r ({names}, {ordinality})";
    }

    /// <summary>Sets the parameters of one row.</summary>
    internal void Bind(SqlCall call, int from, TRow row) => call.SetRow(from, columns, row);

    /// <summary>Returns the values of one row in the form that the driver expects.</summary>
    internal object[] Values(TRow row, SqlDialect dialect)
    {
        var values = new object[columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = columns[i].Of(row, dialect);
        }

        return values;
    }

    /// <summary>Throws if a text of the row cannot be stored by every database.</summary>
    internal void RequireStorable(TRow row)
    {
        foreach (var text in _texts)
        {
            SqlText.RequireStorable(text(row));
        }
    }

    /// <summary>Adds the parameters of <see cref="Table"/> and returns their shape.</summary>
    internal SqlRows AddRows(List<object> values, IReadOnlyList<TRow> rows, SqlDialect dialect)
    {
        if (rows.Count != 1)
        {
            foreach (var column in columns)
            {
                values.Add(column.ArrayOf(rows, dialect));
            }

            return SqlRows.Many;
        }

        var present = 0UL;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Of(rows[0], dialect) is var value and not DBNull)
            {
                values.Add(value);
                present |= 1UL << i;
            }
        }

        return SqlRows.One(present);
    }
}
