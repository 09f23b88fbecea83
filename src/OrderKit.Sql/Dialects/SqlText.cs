namespace OrderKit.Sql;

/// <summary>Prepares texts for a column.</summary>
internal static class SqlText
{
    private const int Longest = 2_000;

    /// <summary>Throws if one of the texts cannot be stored unchanged by every database.</summary>
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

    /// <summary>Makes the text of an exception storable by every database, so that storing it cannot fail as well.</summary>
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
