using System.Globalization;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>Where a page ended, as a text that means nothing to others, and the other small parts of a query.</summary>
internal static class Continuations
{
    private const int LargestPage = 1_000;

    internal static void RequirePageSize(int pageSize, string parameterName)
    {
        if (pageSize is < 1 or > LargestPage)
        {
            throw new ArgumentException($"A page has 1 to {LargestPage} rows, not {pageSize}.", parameterName);
        }
    }

    /// <summary>Adds a value and the parameter that stands for it.</summary>
    internal static StringBuilder Add(this StringBuilder sql, List<object?> values, object? value)
    {
        values.Add(value);
        return sql.Append(CultureInfo.InvariantCulture, $"${values.Count}");
    }

    internal static string Write(DateTimeOffset? instant, long number) => string.Create(
        CultureInfo.InvariantCulture, $"{(instant is { } at ? Instants.ToUnixMicroseconds(at).ToString("x", CultureInfo.InvariantCulture) : "")}.{number:x}");

    internal static (DateTimeOffset? Instant, long Number) Read(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0 && TryHex(text.AsSpan(dot + 1), out var number))
        {
            if (dot == 0)
            {
                return (null, number);
            }

            if (TryHex(text.AsSpan(0, dot), out var microseconds)
                && microseconds >= Instants.ToUnixMicroseconds(DateTimeOffset.MinValue) && microseconds <= Instants.ToUnixMicroseconds(DateTimeOffset.MaxValue))
            {
                return (Instants.FromUnixMicroseconds(microseconds), number);
            }
        }

        throw new ArgumentException("The continuation is none that this store gave. Pass the one of the page before, or none for the first page.", nameof(text));
    }

    /// <summary>Cuts off the one row too many that tells that there is a next page.</summary>
    internal static Page<T> Page<TRow, T>(List<TRow> rows, int pageSize, Func<TRow, T> item, Func<TRow, string> continuation)
    {
        var isLast = rows.Count <= pageSize;
        return new Page<T>([.. rows.Take(pageSize).Select(item)], isLast ? null : continuation(rows[pageSize - 1]));
    }

    private static bool TryHex(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
