using System.Globalization;

namespace PaymentStorm;

/// <summary>What was asked for on the command line.</summary>
public sealed record StormOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project samples/PaymentStorm [-- OPTIONS]

          --store sqlite|postgres  where the orders are kept (sqlite)
          --connection TEXT        the connection string of an empty database of yours (a file of its own, or a server of its own)
          --seconds S              how long the storm lasts (20)
          --callers C              how many connections deliver at the same time (256)
          --help                   this text
        """;

    public bool UsesPostgres { get; init; }

    public string? Connection { get; init; }

    public int Seconds { get; init; } = 20;

    public int Callers { get; init; } = 256;

    public bool Help { get; init; }

    /// <summary>Reads the command line; says what is wrong with it.</summary>
    public static StormOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new StormOptions();
        fault = "";
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            if (name is "--help" or "-h")
            {
                options = options with { Help = true };
                continue;
            }

            if (name is not ("--store" or "--connection" or "--seconds" or "--callers"))
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
                case "--store" when value is "sqlite" or "postgres":
                    options = options with { UsesPostgres = value == "postgres" };
                    break;
                case "--connection" when value.Contains('=', StringComparison.Ordinal):
                    options = options with { Connection = value };
                    break;
                case "--seconds" when Number(value, 3_600) is { } seconds:
                    options = options with { Seconds = seconds };
                    break;
                case "--callers" when Number(value, 4_096) is { } callers:
                    options = options with { Callers = callers };
                    break;
                default:
                    fault = name switch
                    {
                        "--store" => $"--store is sqlite or postgres, not '{value}'.",
                        "--connection" => $"--connection takes a connection string such as \"Data Source=storm.db\" or \"Host=localhost;Database=storm\", not '{value}'.",
                        "--seconds" => $"--seconds is a number from 1 to 3600, not '{value}'.",
                        _ => $"--callers is a number from 1 to 4096, not '{value}'.",
                    };
                    return null;
            }
        }

        return options;
    }

    private static int? Number(string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;
}
