namespace OrderKit.Sql;

/// <summary>Converts values to the form that a driver expects.</summary>
internal static class SqlValue
{
    private const int SmallestKept = -1;

    // Some thousand years, so that the current time plus a duration is still a valid instant.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1_000_000);

    // Most numbers of an order are small. Sharing their boxes avoids an allocation per parameter.
    private static readonly object[] SmallNumbers = [.. Enumerable.Range(SmallestKept, 1024).Select(number => (object)(long)number)];

    internal static object Number(long number) =>
        (ulong)(number - SmallestKept) < (ulong)SmallNumbers.Length ? SmallNumbers[number - SmallestKept] : number;

    internal static object Of(SqlDialect dialect, object? value) => value switch
    {
        null => DBNull.Value,
        string text => Text(text),
        DateTimeOffset instant => dialect.FromInstant(instant),
        TimeSpan duration => dialect.FromDuration(duration < Longest ? duration : Longest),
        ReadOnlyMemory<byte> bytes => Bytes(bytes),
        int number => Number(number),
        _ => value,
    };

    /// <summary>Throws if a text cannot be stored by every database. A failing statement would make a host's transaction fail.</summary>
    internal static string Text(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
        {
            RequirePairs(text);
        }

        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException(
                "A text contains the character U+0000, which PostgreSQL cannot store. Remove it on input; the raw bytes may stay in a "
                + "payload.",
                nameof(text))
            : text;
    }

    internal static byte[] Bytes(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0
            && segment.Count == segment.Array!.Length
            ? segment.Array
            : bytes.ToArray();

    private static void RequirePairs(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                throw new ArgumentException(
                    $"A text contains an unpaired surrogate at position {i}, so it is not valid Unicode and has no UTF-8 form.",
                    nameof(text));
            }

            i++;
        }
    }
}
