using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace OrderKit.Sql;

/// <summary>A numbered script for the tables of one engine.</summary>
/// <param name="Engine">The engine, such as <c>core</c>.</param>
/// <param name="Version">The number of the script within its engine, starting at 1.</param>
/// <param name="Name">A short description.</param>
/// <param name="Sql">
/// The script, with names as in <see cref="SqlNames"/>. Each statement ends with a semicolon at the end of a line.
/// </param>
public sealed partial record SqlMigration(string Engine, int Version, string Name, string Sql)
{
    /// <summary>The tables that the script creates.</summary>
    public IReadOnlyList<string> Tables => [.. CreatedTable().Matches(Sql).Select(match => match.Groups["name"].Value)];

    /// <summary>The statements of the script, without comments.</summary>
    public IReadOnlyList<string> Statements =>
        [.. EndOfStatement().Split(Sql).Select(WithoutComments).Where(statement => statement.Length > 0)];

    /// <summary>Reads the scripts that an assembly embeds as <c>Migrations.&lt;Engine&gt;.0001_name.sql</c>.</summary>
    public static IReadOnlyList<SqlMigration> From(Assembly assembly, params ReadOnlySpan<(string Folder, string Engine)> engines)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var migrations = new List<SqlMigration>();
        foreach (var (folder, engine) in engines)
        {
            var prefix = $"{assembly.GetName().Name}.Migrations.{folder}.";
            var resources = assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal));
            foreach (var resource in resources.Order(StringComparer.Ordinal))
            {
                var file = resource[prefix.Length..^".sql".Length];
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                migrations.Add(
                    new SqlMigration(engine, int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd()));
            }
        }

        return migrations;
    }

    private static string WithoutComments(string statement) =>
        string.Join('\n', statement.Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal))).Trim();

    [GeneratedRegex(
        @"^CREATE TABLE \{(?<name>[a-z_]+)\}",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 5_000)]
    private static partial Regex CreatedTable();

    [GeneratedRegex(@";\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex EndOfStatement();
}
