using System.Reflection;
using Microsoft.Extensions.Logging;

namespace OrderKit.Architecture.Tests;

public sealed class NamingTests
{
    /// <summary>Where extension methods for registration are looked for by everyone.</summary>
    private const string RegistrationNamespace = "Microsoft.Extensions.DependencyInjection";

    /// <summary>What a package extends, by the package whose users import that namespace anyway.</summary>
    private static readonly Dictionary<string, string> Extended = new(StringComparer.Ordinal)
    {
        ["OrderKit.EntityFrameworkCore"] = "Microsoft.EntityFrameworkCore",
    };

    /// <summary>Ports and row types: what a store implements and a user of the package never names.</summary>
    private const string StorageSuffix = ".Storage";

    public static TheoryData<string> Packages => Package.Names;

    [Theory, MemberData(nameof(Packages))]
    public void A_public_type_lives_in_the_namespace_named_like_its_package_or_in_its_storage_namespace(string name)
    {
        var strays = Package.Named(name).Assembly.GetExportedTypes()
            .Where(type => type.Namespace != name && type.Namespace != name + StorageSuffix)
            .Where(type => !(IsStatic(type) && (type.Namespace == RegistrationNamespace || type.Namespace == Extended.GetValueOrDefault(name))))
            .Select(type => type.FullName);

        Assert.True(!strays.Any(), $"{name} and {name}{StorageSuffix} are the namespaces of the package; elsewhere are {string.Join(", ", strays)}.");
    }

    /// <summary>Whoever reads the reference of a package must be able to survey it. Cases of a result are counted with their result.</summary>
    [Theory, MemberData(nameof(Packages))]
    public void A_package_shows_its_users_at_most_sixty_types(string name)
    {
        const int Most = 60;
        if (name is "OrderKit.Specs")
        {
            // It shows its users nothing but test suites.
            return;
        }

        var shown = Package.Named(name).Assembly.GetExportedTypes()
            .Count(type => !type.IsNested && type.Namespace?.EndsWith(StorageSuffix, StringComparison.Ordinal) == false);

        Assert.True(shown <= Most, $"{name} shows its users {shown} types, and {Most} are allowed. Make some internal, or move what only stores use to {name}{StorageSuffix}.");
    }

    /// <summary>A type <c>OrderKit.Core.Messaging</c> would hide the namespace <c>OrderKit.Messaging</c> from whoever imports both.</summary>
    [Theory, MemberData(nameof(Packages))]
    public void No_type_shares_its_name_with_a_segment_of_a_namespace(string name)
    {
        var segments = Arrows.Packages.Concat(Package.All.SelectMany(package => package.WrittenTypes).Select(type => type.Namespace ?? ""))
            .SelectMany(@namespace => @namespace.Split('.')).ToHashSet(StringComparer.Ordinal);
        var clashes = Package.Named(name).WrittenTypes.Where(type => !type.IsNested && segments.Contains(SimpleName(type))).Select(type => type.FullName);

        Assert.True(!clashes.Any(), $"These types are named like a namespace: {string.Join(", ", clashes)}.");
    }

    /// <summary>An id that two messages share tells whoever searches a log, or counts, the wrong thing.</summary>
    [Fact]
    public void No_two_log_messages_share_an_event_id()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var messages = Package.All.SelectMany(package => package.WrittenTypes).SelectMany(type => type.GetMethods(Any))
            .Select(method => (Id: method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId, Name: $"{method.DeclaringType}.{method.Name}"))
            .Where(message => message.Id is not null)
            .ToList();

        var shared = messages.GroupBy(message => message.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(message => message.Name))}");

        Assert.True(messages.Count > 20);
        Assert.True(!shared.Any(), $"These share an event id: {string.Join("; ", shared)}.");
    }

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };

    private static string SimpleName(Type type) => type.Name.Split('`')[0];
}
