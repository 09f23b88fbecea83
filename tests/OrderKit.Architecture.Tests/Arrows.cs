namespace OrderKit.Architecture.Tests;

/// <summary>What each package may depend on. docs/architecture.md draws the same arrows and says why.</summary>
internal static class Arrows
{
    /// <summary>The engines know the vocabulary and never each other.</summary>
    private static readonly string[] Engines =
    [
        "OrderKit.StateMachine", "OrderKit.Idempotency", "OrderKit.Messaging",
        "OrderKit.ChannelAdapters", "OrderKit.LogisticsTrust", "OrderKit.Reconciliation",
    ];

    /// <summary>Packages of ours, by the package that may refer to them.</summary>
    private static readonly Dictionary<string, string[]> Ours = new(StringComparer.Ordinal)
    {
        ["OrderKit.Core"] = [],
        ["OrderKit.StateMachine"] = ["OrderKit.Core"],
        ["OrderKit.Idempotency"] = ["OrderKit.Core"],
        ["OrderKit.Messaging"] = ["OrderKit.Core"],
        ["OrderKit.ChannelAdapters"] = ["OrderKit.Core"],
        ["OrderKit.LogisticsTrust"] = ["OrderKit.Core"],
        ["OrderKit.Reconciliation"] = ["OrderKit.Core"],
        ["OrderKit"] = Engines,
        ["OrderKit.Sql"] = Engines,
        ["OrderKit.Sqlite"] = ["OrderKit.Sql"],
        ["OrderKit.PostgreSql"] = ["OrderKit.Sql"],
        ["OrderKit.EntityFrameworkCore"] = ["OrderKit.Sql"],
        ["OrderKit.RabbitMq"] = ["OrderKit.Messaging"],
        ["OrderKit.Alerts"] = ["OrderKit.Messaging"],
        ["OrderKit.AspNetCore"] = ["OrderKit"],
        ["OrderKit.Export"] = ["OrderKit.Core"],
        ["OrderKit.Specs"] = Engines,
        ["OrderKit.Simulation"] = ["OrderKit.Core"],
    };

    /// <summary>What every package may use besides the runtime.</summary>
    private static readonly string[] ForAll =
    [
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ];

    /// <summary>Packages of others, by the one package of ours that may refer to them.</summary>
    private static readonly Dictionary<string, string[]> Theirs = new(StringComparer.Ordinal)
    {
        ["OrderKit.ChannelAdapters"] = ["Polly.Core"],
        ["OrderKit.Sqlite"] = ["Microsoft.Data.Sqlite.Core", "Microsoft.Data.Sqlite", "SQLitePCLRaw.bundle_e_sqlite3", "SQLitePCLRaw.core"],
        ["OrderKit.PostgreSql"] = ["Npgsql"],
        ["OrderKit.EntityFrameworkCore"] = ["Microsoft.EntityFrameworkCore.Relational", "Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Abstractions"],
        ["OrderKit.RabbitMq"] = ["RabbitMQ.Client"],
        ["OrderKit.Alerts"] = ["MailKit", "MimeKit"],
        ["OrderKit.Export"] = ["CsvHelper", "DocumentFormat.OpenXml", "DocumentFormat.OpenXml.Framework", "System.IO.Packaging"],
        ["OrderKit.Specs"] = ["Microsoft.Extensions.TimeProvider.Testing"],
    };

    /// <summary>The one package that may know of ASP.NET Core.</summary>
    public const string Web = "OrderKit.AspNetCore";

    /// <summary>What the framework of ASP.NET Core carries besides the assemblies that are named like it.</summary>
    public static IReadOnlyList<string> OfTheWeb { get; } = ["Microsoft.Extensions.Features", "Microsoft.Extensions.Primitives", "Microsoft.Net.Http.Headers"];

    public static bool Knows(string package) => Ours.ContainsKey(package);

    /// <summary>All names of packages, built or planned.</summary>
    public static IEnumerable<string> Packages => Ours.Keys;

    /// <summary>The packages of ours that <paramref name="package"/> may see: where an arrow leads, and from there on.</summary>
    public static IReadOnlySet<string> MaySee(string package)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(Ours[package]);
        while (open.TryPop(out var next))
        {
            if (seen.Add(next))
            {
                foreach (var further in Ours[next])
                {
                    open.Push(further);
                }
            }
        }

        return seen;
    }

    public static bool MayUse(string package, string theirs) =>
        ForAll.Contains(theirs, StringComparer.Ordinal) || (Theirs.TryGetValue(package, out var own) && own.Contains(theirs, StringComparer.Ordinal));
}
