namespace OrderKit.Architecture.Tests;

public sealed class DependencyTests
{
    public static TheoryData<string> Packages => Package.Names;

    [Theory, MemberData(nameof(Packages))]
    public void A_package_has_its_arrows_drawn(string name) =>
        Assert.True(Arrows.Knows(name), $"{name} has no row in Arrows.cs. Add one, and one in docs/architecture.md.");

    [Theory, MemberData(nameof(Packages))]
    public void A_project_refers_only_where_an_arrow_leads(string name)
    {
        var mayNot = Package.Named(name).ProjectReferences.Except(Arrows.MaySee(name), StringComparer.Ordinal);

        Assert.True(!mayNot.Any(), $"{name} refers to {string.Join(", ", mayNot)}. What two engines need lives in OrderKit.Core.");
    }

    [Theory, MemberData(nameof(Packages))]
    public void A_project_brings_in_only_the_packages_that_are_its_own(string name)
    {
        var mayNot = Package.Named(name).PackageReferences.Where(theirs => !Arrows.MayUse(name, theirs));

        Assert.True(!mayNot.Any(), $"{name} refers to {string.Join(", ", mayNot)}.");
    }

    /// <summary>A project file may hide what an assembly does: a reference also comes along with another one.</summary>
    [Theory, MemberData(nameof(Packages))]
    public void An_assembly_uses_only_what_its_project_may_refer_to(string name)
    {
        var maySee = Arrows.MaySee(name);
        var mayNot = Package.Named(name).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(reference => !(IsRuntime(reference) || maySee.Contains(reference) || Arrows.MayUse(name, reference) || (name == Arrows.Web && (IsWeb(reference) || Arrows.OfTheWeb.Contains(reference, StringComparer.Ordinal)))));

        Assert.True(!mayNot.Any(), $"{name} uses {string.Join(", ", mayNot)}.");
    }

    [Theory, MemberData(nameof(Packages))]
    public void Only_one_package_knows_of_the_web(string name)
    {
        if (name == Arrows.Web)
        {
            return;
        }

        var package = Package.Named(name);
        Assert.Equal("Microsoft.NET.Sdk", package.Sdk);
        Assert.Empty(package.FrameworkReferences);
        Assert.DoesNotContain(package.Assembly.GetReferencedAssemblies(), reference => IsWeb(reference.Name!));
    }

    private static bool IsWeb(string assembly) => assembly.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal);

    private static bool IsRuntime(string assembly) =>
        assembly.StartsWith("System.", StringComparison.Ordinal) || assembly is "System" or "netstandard" or "mscorlib" or "Microsoft.CSharp" or "Microsoft.Win32.Primitives";
}
