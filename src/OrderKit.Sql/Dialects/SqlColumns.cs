using System.Globalization;

namespace OrderKit.Sql;

/// <summary>Some columns that are written together.</summary>
internal sealed class SqlColumns<TRow>(params SqlColumn<TRow>[] columns)
{
    private readonly SqlColumn<TRow>[] _checked = [.. columns.Where(column => column.IsChecked)];

    /// <summary>The names, separated by commas.</summary>
    internal string Names { get; } = string.Join(", ", columns.Select(column => column.Name));

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

    /// <summary>The columns as a table <c>r</c> made of arrays, behind some columns of numbers.</summary>
    /// <param name="next">The number of the first parameter; afterwards, of the next.</param>
    /// <param name="leading">The names of the columns of numbers.</param>
    internal string Unnest(ref int next, params IReadOnlyList<string> leading) => Unnest(ref next, ordinality: null, leading);

    /// <summary>As above, with a last column that numbers the rows.</summary>
    internal string Unnest(ref int next, string? ordinality, IReadOnlyList<string> leading)
    {
        var from = next;
        next += leading.Count + columns.Length;
        var types = leading.Select(_ => "bigint[]").Concat(columns.Select(column => column.ArrayType));
        var arrays = string.Join(", ", types.Select((type, i) => string.Create(CultureInfo.InvariantCulture, $"${from + i}::{type}")));
        var names = string.Join(", ", leading.Append(Names));
        return ordinality is null ? $"unnest({arrays}) AS r ({names})" : $"unnest({arrays}) WITH ORDINALITY AS r ({names}, {ordinality})";
    }

    /// <summary>Sets the parameters for one row.</summary>
    internal void Bind(SqlCall call, int from, TRow row) => call.SetRow(from, columns, row);

    /// <summary>Refuses a row with a text that no database could keep.</summary>
    internal void RequireStorable(TRow row)
    {
        foreach (var column in _checked)
        {
            column.RequireStorable(row);
        }
    }

    /// <summary>The arrays for many rows.</summary>
    internal void AddArrays(List<object> values, IReadOnlyList<TRow> rows, SqlDialect dialect)
    {
        foreach (var column in columns)
        {
            values.Add(column.ArrayOf(rows, dialect));
        }
    }
}
