using System.Globalization;

namespace OrderKit.Sql;

/// <summary>Some columns that are written together.</summary>
internal sealed class SqlColumns<TRow>(params SqlColumn<TRow>[] columns)
{
    private readonly SqlColumn<TRow>[] _checked = [.. columns.Where(column => column.IsChecked)];

    /// <summary>The names, separated by commas.</summary>
    internal string Names { get; } = string.Join(", ", columns.Select(column => column.Name));

    internal IEnumerable<string> AllNames => columns.Select(column => column.Name);

    internal int Count => columns.Length;

    /// <summary>The names with something before each.</summary>
    internal string NamesOf(string alias) => string.Join(", ", columns.Select(column => $"{alias}.{column.Name}"));

    /// <summary><c>a = x.a, b = x.b</c>, for an update; without some of the columns.</summary>
    internal string Assignments(string alias, params IReadOnlyList<string> except) =>
        string.Join(", ", columns.Where(column => !except.Contains(column.Name)).Select(column => $"{column.Name} = {alias}.{column.Name}"));

    /// <summary><c>$3, $4, …</c>.</summary>
    internal string Parameters(int from) =>
        string.Join(", ", Enumerable.Range(from, columns.Length).Select(number => string.Create(CultureInfo.InvariantCulture, $"${number}")));

    /// <summary><c>a = $3, b = $4, …</c>; columns that are left out keep their number.</summary>
    internal string ParameterAssignments(int from, params IReadOnlyList<string> except) => string.Join(
        ", ",
        columns.Select((column, i) => (column.Name, Number: from + i)).Where(column => !except.Contains(column.Name))
            .Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Name} = ${column.Number}")));

    /// <summary>The columns as a table <c>r</c> made of parameters: of arrays, or of single values where there is one row.</summary>
    /// <remarks>One row is the usual case, and a tenth of the work for driver and planner when it need not be unpacked.</remarks>
    /// <param name="next">The number of the first parameter; afterwards, of the next.</param>
    /// <param name="isOneRow">Whether the parameters are those of one row.</param>
    /// <param name="leading">Columns of numbers before the others.</param>
    /// <param name="ordinality">A last column that numbers the rows.</param>
    internal string Rows(ref int next, bool isOneRow, IReadOnlyList<string> leading, string? ordinality = null)
    {
        var from = next;
        next += leading.Count + columns.Length;
        var named = leading.Select(name => (Name: name, Type: "bigint")).Concat(columns.Select(column => (column.Name, column.Type))).ToList();
        if (isOneRow)
        {
            var values = named.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"${from + i}::{column.Type} AS {column.Name}"));
            return $"(SELECT {string.Join(", ", ordinality is null ? values : values.Append($"1 AS {ordinality}"))}) AS r";
        }

        var arrays = string.Join(", ", named.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"${from + i}::{column.Type}[]")));
        var names = string.Join(", ", named.Select(column => column.Name));
        return ordinality is null ? $"unnest({arrays}) AS r ({names})" : $"unnest({arrays}) WITH ORDINALITY AS r ({names}, {ordinality})";
    }

    /// <summary>Sets the parameters for one row.</summary>
    internal void Bind(SqlCall call, int from, TRow row) => call.SetRow(from, columns, row);

    /// <summary>What a driver takes as the values of one row.</summary>
    internal object[] Values(TRow row, SqlDialect dialect)
    {
        var values = new object[columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = columns[i].Of(row, dialect);
        }

        return values;
    }

    /// <summary>Refuses a row with a text that no database could keep.</summary>
    internal void RequireStorable(TRow row)
    {
        foreach (var column in _checked)
        {
            column.RequireStorable(row);
        }
    }

    /// <summary>Adds the parameters of <see cref="Rows"/>.</summary>
    internal void AddRows(List<object> values, IReadOnlyList<TRow> rows, SqlDialect dialect)
    {
        foreach (var column in columns)
        {
            values.Add(rows.Count != 1 ? column.ArrayOf(rows, dialect) : column.Of(rows[0], dialect) is var value and not DBNull ? value : column.Null);
        }
    }
}
