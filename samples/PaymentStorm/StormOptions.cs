using System.Globalization;

namespace PaymentStorm;

/// <summary>The options of the command line.</summary>
public sealed record StormOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project samples/PaymentStorm [-- OPTIONS]

          --store sqlite|postgres  where the orders are kept (sqlite)
          --connection TEXT        the connection string of an empty database of yours (a file of its own, or a server of its own)
          --seconds S              how long the storm lasts (20)
          --callers C              how many connections deliver at the same time (256)
          --serve PORT             take callbacks over HTTP on 127.0.0.1 instead, until Ctrl+C; 0 picks a port
          --orders N               how many trades wait to be paid there (50000)
          --secret TEXT            with --serve: refuse callbacks without a demonstration signature under this secret
          --acknowledged FILE      with --serve: trade numbers, one a line, that were acknowledged before and must not be lost
          --help                   this text
        """;

    private const int MostOrders = 1_000_000;

    public bool UsesPostgres { get; init; }

    public string? Connection { get; init; }

    public int Seconds { get; init; } = 20;

    public int Callers { get; init; } = 256;

    /// <summary>The port for callbacks over HTTP; <see langword="null"/> if the sample delivers them itself.</summary>
    public int? Port { get; init; }

    public int Orders { get; init; } = 50_000;

    public string? Secret { get; init; }

    public string? Acknowledged { get; init; }

    public bool Help { get; init; }

    /// <summary>Reads the command line, and reports what is wrong with it.</summary>
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

            if (name is not ("--store" or "--connection" or "--seconds" or "--callers"
                or "--serve" or "--orders" or "--secret" or "--acknowledged"))
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
                case "--seconds" when Number(value, 1, 3_600) is { } seconds:
                    options = options with { Seconds = seconds };
                    break;
                case "--callers" when Number(value, 1, 4_096) is { } callers:
                    options = options with { Callers = callers };
                    break;
                case "--serve" when Number(value, 0, ushort.MaxValue) is { } port:
                    options = options with { Port = port };
                    break;
                case "--orders" when Number(value, 1, MostOrders) is { } orders:
                    options = options with { Orders = orders };
                    break;
                case "--secret" when value.Length > 0:
                    options = options with { Secret = value };
                    break;
                case "--acknowledged" when File.Exists(value):
                    options = options with { Acknowledged = value };
                    break;
                default:
                    fault = name switch
                    {
                        "--store" => $"--store is sqlite or postgres, not '{value}'.",
                        "--connection" => $"--connection takes a connection string such as \"Data Source=storm.db\" or "
                            + $"\"Host=localhost;Database=storm\", not '{value}'.",
                        "--seconds" => $"--seconds is a number from 1 to 3600, not '{value}'.",
                        "--serve" => $"--serve takes a port from 0 to 65535, not '{value}'.",
                        "--orders" => $"--orders is a number from 1 to 1000000, not '{value}'.",
                        "--secret" => "--secret cannot be empty.",
                        "--acknowledged" => $"--acknowledged takes a file; there is no '{value}'.",
                        _ => $"--callers is a number from 1 to 4096, not '{value}'.",
                    };
                    return null;
            }
        }

        return options;
    }

    private static int? Number(string value, int least, int most) =>
        int.TryParse(
            value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;
}
