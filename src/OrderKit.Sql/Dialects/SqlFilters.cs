using System.Globalization;
using System.Text;

namespace OrderKit.Sql;

/// <summary>Builds the variable part of a query.</summary>
internal static class SqlFilters
{
    /// <summary>Adds a value to the list and its parameter to the statement.</summary>
    internal static StringBuilder Add(this StringBuilder sql, List<object?> values, object? value)
    {
        values.Add(value);
        return sql.Append(CultureInfo.InvariantCulture, $"${values.Count}");
    }

    /// <summary>Adds a condition unless the value is <see langword="null"/>.</summary>
    internal static StringBuilder Filter(this StringBuilder sql, string condition, List<object?> values, object? value) =>
        value is null ? sql : sql.Append(condition).Add(values, value);
}
