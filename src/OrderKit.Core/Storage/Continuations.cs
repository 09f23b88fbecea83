using System.Globalization;

namespace OrderKit.Core.Storage;

/// <summary>Checks page sizes, and writes and reads the continuations of pages, which are opaque to callers.</summary>
public static class Continuations
{
    private const int MaxPageSize = 1_000;

    /// <summary>Requires a page size from 1 to 1,000.</summary>
    /// <exception cref="ArgumentException">The page size is outside this range.</exception>
    public static void RequirePageSize(int pageSize, string parameterName)
    {
        if (pageSize is < 1 or > MaxPageSize)
        {
            throw new ArgumentException($"The page size is {pageSize}. It must be 1 to {MaxPageSize}.", parameterName);
        }
    }

    /// <summary>Writes the position of the last row of a page.</summary>
    /// <param name="instant">The time by which the rows are sorted; <see langword="null"/> for rows without one.</param>
    /// <param name="number">The number by which rows with the same time are sorted.</param>
    public static string Write(DateTimeOffset? instant, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{instant?.UtcTicks:x}.{number:x}");

    /// <summary>Reads a position that <see cref="Write"/> wrote.</summary>
    /// <exception cref="ArgumentException">The text is not a continuation.</exception>
    public static (DateTimeOffset? Instant, long Number) Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0 && TryHex(text.AsSpan(dot + 1), out var number))
        {
            if (dot == 0)
            {
                return (null, number);
            }

            if (TryHex(text.AsSpan(0, dot), out var ticks) && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks)
            {
                return (new DateTimeOffset(ticks, TimeSpan.Zero), number);
            }
        }

        throw new ArgumentException(
            $"'{text}' is not a continuation of this store. Pass the continuation of the previous page, or null for the first page.",
            nameof(text));
    }

    /// <summary>Creates a page from rows that were read with a limit of one row more than the page size.</summary>
    /// <param name="rows">The rows. The extra row, if there is one, means that there is a next page; it is left out.</param>
    /// <param name="pageSize">The page size.</param>
    /// <param name="item">Returns the item of a row.</param>
    /// <param name="continuation">Returns the continuation after a row.</param>
    public static Page<T> Page<TRow, T>(IReadOnlyList<TRow> rows, int pageSize, Func<TRow, T> item, Func<TRow, string> continuation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(continuation);
        return new Page<T>([.. rows.Take(pageSize).Select(item)], rows.Count <= pageSize ? null : continuation(rows[pageSize - 1]));
    }

    private static bool TryHex(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
