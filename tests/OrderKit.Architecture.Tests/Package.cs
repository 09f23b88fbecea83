using System.Reflection;
using System.Xml.Linq;

namespace OrderKit.Architecture.Tests;

/// <summary>A package as it lies in <c>src/</c>: its project file and the assembly built from it.</summary>
internal sealed class Package
{
    private readonly Lazy<XDocument> _project;
    private readonly Lazy<Assembly> _assembly;

    private Package(string folder)
    {
        Name = Path.GetFileName(folder);
        Folder = folder;
        _project = new(() => XDocument.Load(Path.Combine(Folder, Name + ".csproj")));
        _assembly = new(() => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, Name + ".dll")));
    }

    public string Name { get; }

    public string Folder { get; }

    public Assembly Assembly => _assembly.Value;

    public IEnumerable<string> ProjectReferences => Includes("ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/')));

    public IEnumerable<string> PackageReferences => Includes("PackageReference");

    public IEnumerable<string> FrameworkReferences => Includes("FrameworkReference");

    public string Sdk => _project.Value.Root!.Attribute("Sdk")!.Value;

    /// <summary>The types that a person wrote, public or not.</summary>
    public IEnumerable<Type> WrittenTypes => Assembly.GetTypes().Where(type =>
        !type.FullName!.Contains('<', StringComparison.Ordinal)
        && type.Namespace is not ("System.Runtime.CompilerServices" or "System.Text.RegularExpressions.Generated" or "Microsoft.CodeAnalysis"));

    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    public static IReadOnlyList<Package> All { get; } =
    [
        .. Directory.GetDirectories(Path.Combine(RepositoryRoot, "src"))
            .Where(folder => File.Exists(Path.Combine(folder, Path.GetFileName(folder) + ".csproj")))
            .Select(folder => new Package(folder))
            .OrderBy(package => package.Name, StringComparer.Ordinal),
    ];

    public static Package Named(string name) => All.Single(package => package.Name == name);

    /// <summary>The name of every package, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(package => package.Name)];

    public override string ToString() => Name;

    private IEnumerable<string> Includes(string item) => _project.Value.Descendants(item).Select(e => e.Attribute("Include")!.Value);

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrderKit.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds OrderKit.sln.");
    }
}
