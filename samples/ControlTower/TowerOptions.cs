using System.Globalization;

namespace ControlTower;

/// <summary>The options of the command line.</summary>
public sealed record TowerOptions
{
    public const int DefaultPort = 5080;
    private const int AllOrders = int.MaxValue;

    public const string Usage = """
        Usage: dotnet run --project samples/ControlTower [-- OPTIONS]
               dotnet run --project samples/ControlTower -- diagnose FOLDER --report FILE.json

          --port N         serve on http://127.0.0.1:N (5080; a free port if 5080 is in use and no port was given)
          --seed N         the seed of the simulated payments, parcels and faults (20)
          --orders N       load only the first N orders (all)
          --database FILE  store the orders in this new SQLite file (a file in your local application data, replaced at each start)
          --keep           keep the file of the last start and load nothing
          --no-serve       load, print the summary and exit
          --help           print this text
        """;

    /// <summary>The port; <see langword="null"/> for the default or a free port.</summary>
    public int? Port { get; init; }

    public long Seed { get; init; } = 20;

    public int Orders { get; init; } = AllOrders;

    public string Database { get; init; } = DefaultDatabase();

    /// <summary>Whether the file is the default one, which the tower may replace.</summary>
    public bool IsDefaultDatabase => Database == DefaultDatabase();

    public bool Keep { get; init; }

    public bool Serve { get; init; } = true;

    public bool Help { get; init; }

    /// <summary>Parses the command line. Returns a fault if it is invalid.</summary>
    public static TowerOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new TowerOptions();
        fault = "";
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            switch (name)
            {
                case "--help" or "-h":
                    options = options with { Help = true };
                    break;
                case "--keep":
                    options = options with { Keep = true };
                    break;
                case "--no-serve":
                    options = options with { Serve = false };
                    break;
                case "--port" when Number(1, 65_535) is { } port:
                    options = options with { Port = (int)port };
                    break;
                case "--seed" when Number(0, long.MaxValue) is { } seed:
                    options = options with { Seed = seed };
                    break;
                case "--orders" when Number(1, 1_000_000) is { } orders:
                    options = options with { Orders = (int)orders };
                    break;
                case "--database" when i + 1 < args.Count && args[i + 1].Length > 0 && !args[i + 1].StartsWith('-'):
                    options = options with { Database = Path.GetFullPath(args[++i]) };
                    break;
                case "--port" or "--seed" or "--orders" or "--database":
                    fault = i + 1 < args.Count
                        ? $"'{args[i + 1]}' is not valid for {name}: {Expectation(name)}."
                        : $"{name} needs a value: {Expectation(name)}.";
                    return null;
                default:
                    fault = $"There is no option '{name}'.";
                    return null;
            }

            long? Number(long least, long most)
            {
                if (i + 1 < args.Count && long.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                    && value >= least && value <= most)
                {
                    i++;
                    return value;
                }

                return null;
            }
        }

        return options;
    }

    private static string Expectation(string name) => name switch
    {
        "--port" => "a number from 1 to 65535",
        "--seed" => "a number from 0",
        "--orders" => "a number from 1 to 1000000",
        _ => "the path of a file",
    };

    private static string DefaultDatabase()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(folder.Length > 0 ? folder : Path.GetTempPath(), "OrderKit", "control-tower.db");
    }
}
