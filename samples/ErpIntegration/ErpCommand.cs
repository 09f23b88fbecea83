using ErpIntegration.Faults;

namespace ErpIntegration;

/// <summary>The command line.</summary>
public static class ErpCommand
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;
    private const int CannotOpen = 14; // SQLITE_CANTOPEN

    /// <returns>0 where both sides agree, 1 where they do not, 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        if (ErpOptions.Parse(args, out var fault) is not { } options)
        {
            await errors.WriteLineAsync(fault);
            await errors.WriteLineAsync(ErpOptions.Usage);
            return WrongUsage;
        }

        if (options.Help)
        {
            await output.WriteLineAsync(ErpOptions.Usage);
            return Success;
        }

        if (options.Work is { } from)
        {
            // Another process goes on where the one before was killed, and meets other faults.
            var random = new Random(unchecked((options.Seed * 397) ^ from));
            await using var worker = new ErpHost(options.File ?? "", options.Postgres, random);
            await new Worker(worker, random, output, Console.In).RunAsync(Workload.Of(options.Faults ?? 0, options.Seed), from);
            return Success;
        }

        if (options.File is not null && File.Exists(options.File))
        {
            await errors.WriteLineAsync($"'{options.File}' exists already. Name a file that does not, or delete it.");
            return WrongUsage;
        }

        var folder = Directory.CreateTempSubdirectory("orderkit-erp-").FullName;
        try
        {
            var file = options.File ?? Path.Combine(folder, "erp.db");
            return await RunAsync(options, file, output) ? Success : Failure;
        }
        catch (Exception e) when (options.Postgres is not null && e is System.Data.Common.DbException or ArgumentException)
        {
            await errors.WriteLineAsync($"PostgreSQL cannot be used: {e.Message}");
            return WrongUsage;
        }
        catch (Exception e) when (options.Postgres is null && e is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: CannotOpen })
        {
            await errors.WriteLineAsync(e.Message);
            return WrongUsage;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> RunAsync(ErpOptions options, string file, TextWriter output)
    {
        if (options.Faults is not null)
        {
            return await FaultRun.RunAsync(options, file, output);
        }

        await using var host = new ErpHost(file, options.Postgres);
        return await new Story(host, output).TellAsync();
    }
}
