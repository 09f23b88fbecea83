namespace ControlTower.Diagnose;

/// <summary>The options of the command.</summary>
/// <param name="Folder">The folder with the export.</param>
/// <param name="Report">The file for the report.</param>
/// <param name="Store">The file for the store; <see langword="null"/> for a temporary one.</param>
/// <param name="KeepsStore">Whether to keep the store after the run.</param>
internal sealed record DiagnoseOptions(string Folder, string Report, string? Store, bool KeepsStore)
{
    public const string Usage = """
        usage: diagnose FOLDER --report FILE.json [--store FILE.db] [--keep]

          FOLDER          holds orders.csv, and perhaps order_items.csv and order_payments.csv, each plain or .gz
          --report FILE   where the report is written
          --store FILE    keeps the store, with every decision, in a new file
          --keep          keeps the temporary store and says where it is

        Exit code: 0 with a report, 1 when the run failed, 2 when it was called wrongly or cannot read the input.
        """;

    /// <summary>Parses the arguments. Returns a fault if they are invalid.</summary>
    public static DiagnoseOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        string? folder = null, report = null, store = null;
        var keeps = false;
        fault = "";
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            var equals = arg.StartsWith("--", StringComparison.Ordinal) ? arg.IndexOf('=', StringComparison.Ordinal) : -1;
            var name = equals < 0 ? arg : arg[..equals];
            switch (name)
            {
                case "--report" or "--store":
                    var value = equals >= 0 ? arg[(equals + 1)..] : i + 1 < args.Count ? args[++i] : "";
                    if (value.Length == 0)
                    {
                        fault = $"{name} needs a file.";
                        return null;
                    }

                    ref var target = ref report;
                    if (name == "--store")
                    {
                        target = ref store;
                    }

                    target = value;
                    break;
                case "--keep" when equals < 0:
                    keeps = true;
                    break;
                case ['-', _, ..]:
                    fault = $"There is no option '{arg}'.";
                    return null;
                case var _ when folder is null:
                    folder = arg;
                    break;
                default:
                    fault = $"'{arg}' is one folder too many.";
                    return null;
            }
        }

        if (string.IsNullOrEmpty(folder) || report is null)
        {
            fault = string.IsNullOrEmpty(folder) ? "Name the folder with the orders." : "Name the file for the report with --report.";
            return null;
        }

        return new DiagnoseOptions(folder, report, store, keeps || store is not null);
    }
}
