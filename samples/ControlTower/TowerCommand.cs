using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ControlTower.Replays;
using OrderKit.Sql;
using Spectre.Console;

namespace ControlTower;

/// <summary>The default command: loads the data, prints a summary and serves the pages.</summary>
public static class TowerCommand
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int Refused = 2;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Console;
        if (TowerOptions.Parse(args, out var fault) is not { } options)
        {
            await Console.Error.WriteLineAsync(fault);
            await Console.Error.WriteLineAsync(TowerOptions.Usage);
            return Refused;
        }

        if (options.Help)
        {
            Console.WriteLine(TowerOptions.Usage);
            return Succeeded;
        }

        var port = 0;
        if (options.Serve && !TryChoosePort(options.Port, out port, out fault))
        {
            await Console.Error.WriteLineAsync(fault);
            return Failed;
        }

        if (options.Keep && !File.Exists(options.Database))
        {
            await Console.Error.WriteLineAsync(
                $"There is no file {options.Database} to keep. Leave out --keep to make it, or name another one.");
            return Failed;
        }

        if (!options.Keep && !options.IsDefaultDatabase && File.Exists(options.Database))
        {
            await Console.Error.WriteLineAsync(
                $"The file {options.Database} exists and may be yours. Add --keep to serve it, delete it, or name another file.");
            return Failed;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(options.Database)!);
            if (!options.Keep)
                Delete(options.Database);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(
                $"The file {options.Database} cannot be replaced: {e.Message} Name another file with --database.");
            return Failed;
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]OrderKit control tower[/]  [grey]{options.Database}[/]");
        await using var app = TowerApp.Build(options.Database, builder => builder.WebHost.UseUrls($"http://127.0.0.1:{port}"));
        try
        {
            await app.Services.GetRequiredService<OrderKitSchema>().EnsureAsync(cancellationToken);
        }
        catch (Exception e) when (e is DbException or OrderKitSchemaException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"The file {options.Database} cannot be used: {e.Message}");
            return Failed;
        }

        if (!options.Keep)
            await LoadAsync(app.Services.GetRequiredService<TowerLoader>(), options, console, cancellationToken);
        if (!options.Serve)
            return Succeeded;

        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"Port {port} cannot be used: {e.Message}");
            return Failed;
        }

        console.WriteLine();
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Open [link]http://127.0.0.1:{port}/[/]   [grey]Ctrl+C stops.[/]");
        await app.WaitForShutdownAsync(cancellationToken);
        return Succeeded;
    }

    private static async Task LoadAsync(TowerLoader loader, TowerOptions options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        ReplaySummary? summary = null;
        await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("Replaying December 2010");
                summary = await loader.LoadAsync(options.Seed, options.Orders, new Bar(task), cancellationToken);
            });
        SummaryTable.Write(console, summary!, options.Seed);
    }

    private static bool TryChoosePort(int? asked, out int port, out string fault)
    {
        fault = "";
        foreach (var candidate in asked is { } only ? [only] : (int[])[TowerOptions.DefaultPort, 0])
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, candidate);
                listener.Start();
                port = ((IPEndPoint)listener.LocalEndpoint).Port;
                return true;
            }
            catch (SocketException e)
            {
                fault = e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Port {candidate} is in use by another program. Choose another port with --port, or omit the option."
                    : $"Port {candidate} cannot be used: {e.Message}";
            }
        }

        port = 0;
        return false;
    }

    private static void Delete(string database)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
            File.Delete(database + suffix);
    }

    // Progress<T> would post to another thread and could report after the bar was closed.
    private sealed class Bar(ProgressTask task) : IProgress<(int Played, int All)>
    {
        public void Report((int Played, int All) value)
        {
            task.MaxValue = Math.Max(1, value.All);
            task.Value = value.Played;
        }
    }
}
