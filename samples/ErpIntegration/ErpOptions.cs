using System.Globalization;

namespace ErpIntegration;

/// <summary>What the command line asks for.</summary>
public sealed record ErpOptions
{
    public const string Usage = """
        Usage: dotnet run --project samples/ErpIntegration [-- OPTIONS]

          --faults N          run N business operations with injected faults, and print the account (10 to 100000)
          --seed S            the seed of operations and faults (1)
          --file PATH         the SQLite file, which is created; a temporary one otherwise
          --postgres TEXT     use PostgreSQL instead: the connection string of an empty database or schema of yours
          --help              this text
        """;

    private const string WorkName = "--work";

    public int? Faults { get; init; }

    public int Seed { get; init; } = 1;

    public string? File { get; init; }

    public string? Postgres { get; init; }

    public bool Help { get; init; }

    /// <summary>The first operation that a worker process runs; only the program itself passes it.</summary>
    internal int? Work { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <returns><see langword="null"/> and what is wrong with it.</returns>
    public static ErpOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new ErpOptions();
        fault = "";
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            if (name is "--help" or "-h")
            {
                return options with { Help = true };
            }

            if (name is not ("--faults" or "--seed" or "--file" or "--postgres" or WorkName))
            {
                fault = $"There is no option '{name}'.";
                return null;
            }

            if (++i == args.Count)
            {
                fault = $"{name} needs a value.";
                return null;
            }

            var value = args[i];
            switch (name)
            {
                case "--faults" when Number(value, 10, 100_000) is { } count:
                    options = options with { Faults = count };
                    break;
                case "--seed" when Number(value, 0, int.MaxValue) is { } seed:
                    options = options with { Seed = seed };
                    break;
                case "--file" when value.Length > 0 && Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(value))):
                    options = options with { File = Path.GetFullPath(value) };
                    break;
                case "--postgres" when value.Contains('=', StringComparison.Ordinal):
                    options = options with { Postgres = value };
                    break;
                case WorkName when Number(value, 0, 100_000) is { } from:
                    options = options with { Work = from };
                    break;
                default:
                    fault = $"{name} cannot be '{value}'. {RuleOf(name)}";
                    return null;
            }
        }

        if (options is { File: not null, Postgres: not null })
        {
            fault = "--file and --postgres exclude each other.";
            return null;
        }

        return options;
    }

    private static string RuleOf(string name) => name switch
    {
        "--faults" => "Give a whole number from 10 to 100000.",
        "--file" => "Give a path in a folder that exists.",
        "--postgres" => "Give a connection string, such as \"Host=localhost;Database=erp;Username=erp\".",
        _ => "Give a whole number.",
    };

    private static int? Number(string value, int min, int max) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number : null;
}
