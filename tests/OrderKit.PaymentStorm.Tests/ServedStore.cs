using Npgsql;

namespace OrderKit.PaymentStorm.Tests;

/// <summary>A database of its own for one test; it outlives the servers on it.</summary>
public abstract class ServedStore : IAsyncDisposable
{
    public abstract bool UsesPostgres { get; }

    public abstract Task<string> OpenAsync();

    public abstract ValueTask DisposeAsync();
}

internal sealed class SqliteServedStore : ServedStore
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orderkit-served-").FullName;

    public override bool UsesPostgres => false;

    public override Task<string> OpenAsync() => Task.FromResult($"Data Source={Path.Combine(_folder, "storm.db")}");

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

internal sealed class PostgreSqlServedStore : ServedStore
{
    private readonly string _database = $"storm{Guid.NewGuid():N}";

    public override bool UsesPostgres => true;

    private static string Server => Environment.GetEnvironmentVariable("ORDERKIT_TEST_POSTGRES")
        ?? throw new InvalidOperationException("ORDERKIT_TEST_POSTGRES names no server. Run ./test.sh, or leave out Requires=PostgreSql.");

    public override async Task<string> OpenAsync()
    {
        await RunAsync($"CREATE DATABASE {_database}");
        return new NpgsqlConnectionStringBuilder(Server) { Database = _database, MaxPoolSize = 20 }.ConnectionString;
    }

    public override async ValueTask DisposeAsync() => await RunAsync($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");

    private static async Task RunAsync(string text)
    {
        await using var source = NpgsqlDataSource.Create(Server + ";Pooling=false");
        await using var command = source.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }
}
