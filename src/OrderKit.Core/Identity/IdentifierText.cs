namespace OrderKit.Core;

/// <summary>Checks the rules of all identifiers.</summary>
internal static class IdentifierText
{
    /// <summary>Returns the text if it has 1 to <paramref name="maximum"/> valid characters. Throws otherwise.</summary>
    internal static string Require(string value, int maximum, string what, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(value, parameterName);
        if (value.Length == 0)
            throw new ArgumentException($"{what} is empty; it has 1 to {maximum} characters.", parameterName);
        return RequireClean(value, maximum, what, parameterName);
    }

    /// <summary>As <see cref="Require"/>, but the text may be empty.</summary>
    internal static string RequireClean(string value, int maximum, string what, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(value, parameterName);
        if (value.Length > maximum)
            throw new ArgumentException($"{what} has {value.Length} characters; at most {maximum} are allowed.", parameterName);
        if (value.Length == 0)
            return value;
        if (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]))
            throw Invalid("starts or ends with white space; trim it first.");

        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsControl(c))
                throw Invalid($"has a control character at position {i}; remove it.");
            if (!char.IsSurrogate(c))
                continue;
            // Half a surrogate pair has no UTF-8 form: two different texts would be stored and hashed as the same bytes.
            if (i + 1 < value.Length && char.IsSurrogatePair(c, value[i + 1]))
                i++;
            else
                throw Invalid($"has half a surrogate pair at position {i}; it is no valid Unicode text.");
        }

        return value;

        ArgumentException Invalid(string rule) => new($"{what} '{Printable(value)}' {rule}", parameterName);
    }

    // A message must not carry line breaks into a log that is read line by line.
    private static string Printable(string value) =>
        string.Create(value.Length, value, static (span, text) =>
        {
            for (var i = 0; i < text.Length; i++)
                span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '\uFFFD' : text[i];
        });
}
