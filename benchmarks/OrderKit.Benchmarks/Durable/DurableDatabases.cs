using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Sqlite;

namespace OrderKit.Benchmarks;

/// <summary>Runs a suite on an empty PostgreSQL database with fsync, and on an empty SQLite file with synchronous=FULL.</summary>
internal static class DurableDatabases
{
    private const string Name = "orderkit_bench_suite";

    /// <summary>Runs a suite on each database that is available.</summary>
    /// <param name="run">
    /// Gets the title, the registration (with an optional wrapper of the driver), and a factory of plain connections.
    /// </param>
    public static async Task RunOnEachAsync(
        Func<string, Action<OrderKitBuilder, Func<DbConnection, DbConnection>?>, Func<DbConnection>, Task> run)
    {
        if (await ThrowAwayPostgreSql.StartAsync(fsync: true).ConfigureAwait(false) is { } server)
        {
            await using (server.ConfigureAwait(false))
            {
                await CreateAsync(server.ConnectionString).ConfigureAwait(false);
                var target = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Name }.ConnectionString;
                await run(
                    "PostgreSQL, fsync on",
                    (builder, wrap) => builder.UsePostgreSql(options =>
                    {
                        options.ConnectionString = $"{target};Max Auto Prepare=100;Auto Prepare Min Usages=2";
                        options.Wrap = wrap;
                    }),
                    () => new NpgsqlConnection($"{target};Pooling=False")).ConfigureAwait(false);
                await DropAsync(server.ConnectionString).ConfigureAwait(false);
            }
        }

        var folder = Directory.CreateTempSubdirectory("orderkit-bench-").FullName;
        try
        {
            var source = $"Data Source={Path.Combine(folder, "bench.db")};Pooling=False";
            await run(
                "SQLite, synchronous=FULL",
                (builder, wrap) => builder.UseSqlite(options =>
                {
                    options.ConnectionString = source;
                    options.Synchronous = SqliteSynchronous.Full;
                    options.Wrap = wrap;
                }),
                () => new SqliteConnection(source)).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CreateAsync(string server)
    {
        await DropAsync(server).ConfigureAwait(false);
        await ExecuteAsync(server, $"CREATE DATABASE {Name}").ConfigureAwait(false);
    }

    private static Task DropAsync(string server) => ExecuteAsync(server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");

    private static async Task ExecuteAsync(string server, string text)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            await Plain.ExecuteAsync(connection, null, text).ConfigureAwait(false);
        }
    }
}
