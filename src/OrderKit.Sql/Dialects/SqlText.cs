namespace OrderKit.Sql;

/// <summary>Texts on their way into a column.</summary>
internal static class SqlText
{
    private const int Longest = 2_000;

    /// <summary>Refuses texts that no database could keep as they are.</summary>
    internal static void RequireStorable(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (text is not null)
            {
                SqlValue.Text(text);
            }
        }
    }

    /// <summary>The text of an exception as every database can keep it. It is anybody's, and a delivery must not fail twice because of it.</summary>
    internal static string Storable(string error)
    {
        var text = error.Length > Longest ? error[..Longest] : error;
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                span[i] = source[i] == '\0' || char.IsSurrogate(source[i]) ? '\uFFFD' : source[i];
            }
        });
    }
}
