using PublicApiGenerator;

namespace OrderKit.Architecture.Tests;

/// <summary>A change of the public API is a line in a diff that a reviewer reads.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "ORDERKIT_ACCEPT_API";

    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false, DenyNamespacePrefixes = [] };

    public static TheoryData<string> Packages => Package.Names;

    [Theory, MemberData(nameof(Packages))]
    public void The_public_api_is_the_one_that_was_reviewed(string name)
    {
        var package = Package.Named(name);
        var file = Path.Combine(package.Folder, "api.txt");
        var reviewed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        var built = package.Assembly.GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (reviewed == built)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Accept) == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, built);
            return;
        }

        Assert.Fail($"""
            The public API of {name} differs from src/{name}/api.txt:

            {TextDiff.Lines(reviewed, built)}
            If the change is intended, accept it and commit the file: {Accept}=1 ./test.sh --only Architecture
            """);
    }

    [Fact]
    public void A_diff_shows_the_lines_that_went_and_came_under_the_one_that_stayed() =>
        Assert.Equal("  b\n- c\n+ x\n", TextDiff.Lines("a\nb\nc\nd", "a\nb\nx\nd"));
}
