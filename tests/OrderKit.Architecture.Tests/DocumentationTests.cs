using System.Text.RegularExpressions;

namespace OrderKit.Architecture.Tests;

/// <summary>Code in the documentation is code that a test compiles and runs.</summary>
public sealed partial class DocumentationTests
{
    private const string Accept = "ORDERKIT_ACCEPT_DOCS";

    public static TheoryData<string> Pages =>
    [
        .. Directory.EnumerateFiles(Package.RepositoryRoot, "*.md", SearchOption.TopDirectoryOnly)
            .Concat(Directory.EnumerateFiles(Path.Combine(Package.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Package.RepositoryRoot, "src"), "README.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Package.RepositoryRoot, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    [Theory, MemberData(nameof(Pages))]
    public void Every_snippet_is_the_code_that_is_tested(string page)
    {
        var file = Path.Combine(Package.RepositoryRoot, page);
        var written = File.ReadAllText(file).ReplaceLineEndings("\n");
        var snippets = Snippets();
        var expected = Block().Replace(written, match =>
            $"<!-- snippet: {match.Groups["name"].Value} -->\n```csharp\n{snippets[match.Groups["name"].Value]}```\n");
        if (expected == written)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Accept) == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, expected);
            return;
        }

        Assert.Fail($"{page} shows code that differs from what is tested:\n\n{TextDiff.Lines(written, expected)}\nTo write the tested code into the page: {Accept}=1 ./test.sh --only Architecture");
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_link_between_pages_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Package.RepositoryRoot, page))!;
        var broken = Link().Matches(File.ReadAllText(Path.Combine(Package.RepositoryRoot, page)))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(folder, target.Split('#')[0])))
            .ToList();

        Assert.Empty(broken);
    }

    private static Dictionary<string, string> Snippets() =>
        Directory.EnumerateDirectories(Path.Combine(Package.RepositoryRoot, "tests"), "Snippets", SearchOption.AllDirectories)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs"))
            .SelectMany(file => Region().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")))
            .ToDictionary(match => match.Groups["name"].Value, match => Dedent(match.Groups["code"].Value), StringComparer.Ordinal);

    private static string Dedent(string code)
    {
        var lines = code.TrimEnd('\n', ' ').Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Concat(lines.Select(line => (line.Length > indent ? line[indent..] : "") + "\n"));
    }

    [GeneratedRegex(@"<!-- snippet: (?<name>[\w-]+) -->\n```csharp\n(?<code>[^`]*)```\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"#region (?<name>[\w-]+)\n(?<code>.*?)\n[ ]*#endregion", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Region();

    [GeneratedRegex(@"\]\((?<target>[^)#\s][^)\s]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
