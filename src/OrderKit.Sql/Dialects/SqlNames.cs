using System.Text.RegularExpressions;

namespace OrderKit.Sql;

/// <summary>The schema and the names of the tables.</summary>
/// <remarks>
/// SQL texts write a table as <c>{orders}</c>; <see cref="Render"/> inserts schema and prefix. <c>{prefix}</c> is the prefix alone, for
/// names of indexes, which are in the schema of their table. <c>{schema}</c> is the schema followed by a dot.
/// </remarks>
public sealed partial class SqlNames
{
    /// <summary>The default prefix of tables and indexes.</summary>
    public const string DefaultPrefix = "orderkit_";

    /// <summary>Creates names from a prefix and a schema.</summary>
    /// <param name="prefix">The prefix of every table and index: 1 to 32 characters of a-z, 0-9 and _, not starting with a digit.</param>
    /// <param name="schema">The schema, 1 to 48 such characters; <see langword="null"/> for the default schema of the connection.</param>
    /// <exception cref="ArgumentException">
    /// The prefix or the schema is invalid. Names are checked and never quoted, which prevents SQL injection.
    /// </exception>
    public SqlNames(string prefix = DefaultPrefix, string? schema = null)
    {
        Prefix = Require(prefix, 32, nameof(prefix));
        Schema = schema is null ? null : Require(schema, 48, nameof(schema));
    }

    /// <summary>The prefix of every table and index.</summary>
    public string Prefix { get; }

    /// <summary>The schema; <see langword="null"/> for the default schema of the connection.</summary>
    public string? Schema { get; }

    /// <summary>Returns the full name of a table.</summary>
    public string Table(string name) => Schema is null ? Prefix + name : $"{Schema}.{Prefix}{name}";

    /// <summary>Inserts the names into a text.</summary>
    public string Render(string template) => Token().Replace(template, match => match.Groups["name"].Value switch
    {
        "prefix" => Prefix,
        "schema" => Schema is null ? "" : Schema + ".",
        // The clock is replaced later, by the dialect's expression.
        "now" => match.Value,
        var table => Table(table),
    });

    private static string Require(string value, int maximum, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(value, parameterName);
        return value.Length <= maximum && Identifier().IsMatch(value)
            ? value
            : throw new ArgumentException(
                $"'{value}' cannot be part of a table name. Use 1 to {maximum} characters of a-z, 0-9 and '_', no digit first.",
                parameterName);
    }

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Token();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Identifier();
}
