using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace OrderKit.Eng;

/// <summary>A throw-away PostgreSQL server, or the one in ORDERKIT_BENCH_POSTGRES. The benchmarks and the payment storm use it.</summary>
internal sealed class ThrowAwayPostgreSql : IAsyncDisposable
{
    private readonly Process? _keeper;

    private ThrowAwayPostgreSql(string connectionString, Process? keeper) => (ConnectionString, _keeper) = (connectionString, keeper);

    public string ConnectionString { get; }

    public bool IsOwn => _keeper is not null;

    /// <summary>Starts a server. Returns null and writes the reason to the console if it cannot start.</summary>
    public static async Task<ThrowAwayPostgreSql?> StartAsync(bool fsync)
    {
        if (Environment.GetEnvironmentVariable("ORDERKIT_BENCH_POSTGRES") is { Length: > 0 } given)
        {
            return new ThrowAwayPostgreSql(given, null);
        }

        if (FindServer() is not { } server || FindKeeper() is not { } keeper)
        {
            Console.WriteLine();
            Console.WriteLine(
                "PostgreSQL is left out: there is no server here (initdb, postgres). Install one, or name one in ORDERKIT_BENCH_POSTGRES.");
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("orderkit-pg-").FullName;
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await File.WriteAllTextAsync(Path.Combine(folder, "password"), password).ConfigureAwait(false);
        var user = Environment.IsPrivilegedProcess ? "postgres" : ""; // initdb refuses root
        if (user.Length > 0)
        {
            using var chown = Process.Start("chown", ["-R", $"{user}:", folder]);
            await chown.WaitForExitAsync().ConfigureAwait(false);
        }

        // In its own session, so that Ctrl+C ends only this process. The script then stops the server.
        var process = Process.Start("setsid", [
            "bash", keeper, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), folder, server, user,
            "-c", fsync ? "fsync=on" : "fsync=off", "-c", fsync ? "synchronous_commit=on" : "synchronous_commit=off"]);
        var ready = Path.Combine(folder, "ready");
        for (var i = 0; i < 900 && !File.Exists(ready) && !File.Exists(Path.Combine(folder, "failed")) && !process.HasExited; i++)
        {
            await Task.Delay(100).ConfigureAwait(false);
        }

        var port = File.Exists(ready) ? (await File.ReadAllTextAsync(ready).ConfigureAwait(false)).Trim() : "";
        var connectionString = port.Length > 0
            ? $"Host=127.0.0.1;Port={port};Database=postgres;Username=orderkit;Password={password}"
            : "";
        var started = new ThrowAwayPostgreSql(connectionString, process);
        if (connectionString.Length > 0)
        {
            return started;
        }

        Console.WriteLine();
        Console.WriteLine("PostgreSQL is left out: the server did not start.");
        await started.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_keeper is null)
        {
            return;
        }

        // A signal that the script can catch. It then stops the server and removes its folder.
        using (var kill = Process.Start("kill", [_keeper.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync().ConfigureAwait(false);
        }

        await _keeper.WaitForExitAsync().ConfigureAwait(false);
        _keeper.Dispose();
    }

    private static string? FindServer()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(
                    folder => double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return installed.Concat(onPath).FirstOrDefault(
            folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static string? FindKeeper()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, "eng", "test-postgres.sh") is var script && File.Exists(script))
            {
                return script;
            }
        }

        return null;
    }
}
