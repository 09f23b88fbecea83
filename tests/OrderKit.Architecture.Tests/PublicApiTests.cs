namespace OrderKit.Architecture.Tests;

/// <summary>A change of the public API is a line in a diff that a reviewer reads.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "ORDERKIT_ACCEPT_API";

    public static TheoryData<string> Packages => Package.Names;

    [Theory, MemberData(nameof(Packages))]
    public void The_public_api_is_the_one_that_was_reviewed(string name)
    {
        var package = Package.Named(name);
        var file = Path.Combine(package.Folder, "api.txt");
        var reviewed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        var built = PublicApi.Render(package.Assembly);
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
            The public API of {name} is not what src/{name}/api.txt says:

            {TextDiff.Lines(reviewed, built)}
            If that is meant, accept it and commit the file: {Accept}=1 ./test.sh --only Architecture
            """);
    }
}
