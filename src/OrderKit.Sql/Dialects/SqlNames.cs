using System.Text.RegularExpressions;

namespace OrderKit.Sql;

/// <summary>Where the tables lie and how they are called.</summary>
/// <remarks>
/// SQL texts name a table <c>{orders}</c>; <see cref="Render"/> puts schema and prefix in. <c>{prefix}</c> stands for the prefix
/// alone (names of indexes, which lie in the schema of their table), <c>{schema}</c> for the schema and its dot.
/// </remarks>
public sealed partial class SqlNames
{
    /// <summary>The prefix of tables and indexes where the host gives none.</summary>
    public const string DefaultPrefix = "orderkit_";

    /// <summary>Checks a prefix and a schema.</summary>
    /// <param name="prefix">What every table and index begins with: at most 32 characters out of a-z, 0-9 and _, the first no digit.</param>
    /// <param name="schema">The schema, of at most 48 such characters; <see langword="null"/> for the connection's own.</param>
    /// <exception cref="ArgumentException">One of them breaks the rule; nothing is ever quoted, so that nothing can be injected.</exception>
    public SqlNames(string prefix = DefaultPrefix, string? schema = null)
    {
        Prefix = Require(prefix, 32, nameof(prefix));
        Schema = schema is null ? null : Require(schema, 48, nameof(schema));
    }

    /// <summary>What every table and index begins with.</summary>
    public string Prefix { get; }

    /// <summary>The schema; <see langword="null"/> for the connection's own.</summary>
    public string? Schema { get; }

    /// <summary>The full name of a table.</summary>
    public string Table(string name) => Schema is null ? Prefix + name : $"{Schema}.{Prefix}{name}";

    /// <summary>Puts the names into a text.</summary>
    public string Render(string template) => Token().Replace(template, match => match.Groups["name"].Value switch
    {
        "prefix" => Prefix,
        "schema" => Schema is null ? "" : Schema + ".",
        // An expression of the dialect, not a name.
        "now" => match.Value,
        var table => Table(table),
    });

    private static string Require(string value, int maximum, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(value, parameterName);
        return value.Length <= maximum && Identifier().IsMatch(value)
            ? value
            : throw new ArgumentException(
                $"'{value}' cannot be part of a table's name; it has 1 to {maximum} characters out of a-z, 0-9 and '_', the first of them no digit.", parameterName);
    }

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Token();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Identifier();
}
