using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace OrderKit.Sql;

/// <summary>A numbered script of one engine's tables.</summary>
/// <param name="Engine">The engine, such as <c>core</c>.</param>
/// <param name="Version">1, 2, 3, … within the engine.</param>
/// <param name="Name">What it does.</param>
/// <param name="Sql">The script, with names as in <see cref="SqlNames"/>. Statements end with a semicolon at the end of a line.</param>
public sealed partial record SqlMigration(string Engine, int Version, string Name, string Sql)
{
    /// <summary>The tables that the script creates.</summary>
    public IReadOnlyList<string> Tables => [.. CreatedTable().Matches(Sql).Select(match => match.Groups["name"].Value)];

    /// <summary>The script's statements.</summary>
    public IReadOnlyList<string> Statements =>
        [.. EndOfStatement().Split(Sql).Select(WithoutComments).Where(statement => statement.Length > 0)];

    /// <summary>Reads the scripts that an assembly carries as <c>Migrations.&lt;Engine&gt;.0001_name.sql</c>.</summary>
    public static IReadOnlyList<SqlMigration> From(Assembly assembly, params ReadOnlySpan<(string Folder, string Engine)> engines)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var migrations = new List<SqlMigration>();
        foreach (var (folder, engine) in engines)
        {
            var prefix = $"{assembly.GetName().Name}.Migrations.{folder}.";
            foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                var file = resource[prefix.Length..^".sql".Length];
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                migrations.Add(new SqlMigration(engine, int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd()));
            }
        }

        return migrations;
    }

    private static string WithoutComments(string statement) =>
        string.Join('\n', statement.Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal))).Trim();

    [GeneratedRegex(@"^CREATE TABLE \{(?<name>[a-z_]+)\}", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex CreatedTable();

    [GeneratedRegex(@";\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex EndOfStatement();
}
