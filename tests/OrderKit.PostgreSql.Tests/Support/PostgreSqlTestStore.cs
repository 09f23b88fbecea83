using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Sql;
using OrderKit.Sql.Tests;

namespace OrderKit.PostgreSql.Tests;

/// <summary>A schema of its own for one test.</summary>
internal sealed class PostgreSqlTestStore : TestStore
{
    private readonly ServiceProvider _services;
    private readonly bool _isFirst;
    private readonly string _name;
    private NpgsqlCommand? _askForBlocked;

    public PostgreSqlTestStore(Action<PostgreSqlStoreOptions>? configure = null, string? schema = null, NpgsqlDataSource? dataSource = null, ClockShift? clock = null)
    {
        _isFirst = schema is null;
        Schemata = schema ?? $"t{Guid.NewGuid():N}";

        // Known to the server by its name, and not kept waiting for a second where two wait for each other.
        _name = $"orderkit-{Guid.NewGuid():N}";
        DataSource = dataSource ?? NpgsqlDataSource.Create($"{Server};Maximum Pool Size=20;Application Name={_name};Options=-c deadlock_timeout=20ms");

        // The samples have fixed instants, and the server has its own clock.
        Clock = clock ?? ClockShift.To(Samples.Noon);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOrderKit().UsePostgreSql(options =>
        {
            options.DataSource = DataSource;
            options.Schema = Schemata;
            options.SchemaMode = SchemaMode.CreateIfMissing;
            options.ClockOffset = () => Clock.By;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public static string Server => Environment.GetEnvironmentVariable("ORDERKIT_TEST_POSTGRES")
        ?? throw new InvalidOperationException("ORDERKIT_TEST_POSTGRES names no server. Run ./test.sh, or leave out Requires=PostgreSql.");

    public string Schemata { get; }

    public NpgsqlDataSource DataSource { get; }

    public ClockShift Clock { get; }

    public override IServiceProvider Services => _services;

    public static async Task<TestStore> CreateAsync(Action<PostgreSqlStoreOptions>? configure = null)
    {
        var store = new PostgreSqlTestStore(configure);
        await ((TestStore)store).Schema.EnsureAsync();
        return store;
    }

    public override string Table(string name) => $"{Schemata}.orderkit_{name}";

    public override void Advance(TimeSpan by) => Clock.By += by;

    public override async Task<DbConnection> OpenHostAsync()
    {
        var connection = await DataSource.OpenConnectionAsync();
        if (_isFirst)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"CREATE SCHEMA IF NOT EXISTS {Schemata}";
            await command.ExecuteNonQueryAsync();
        }

        return connection;
    }

    public override async Task<string> ExplainAsync(string sql)
    {
        await using var connection = await OpenHostAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN " + sql;
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }

    public override async ValueTask<bool> IsBlockedAsync(TestStore other)
    {
        // What the lock table says: the server's list of waits lags behind it.
        if (_askForBlocked is null)
        {
            _askForBlocked = new NpgsqlCommand(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND cardinality(pg_blocking_pids(pid)) > 0)",
                await DataSource.OpenConnectionAsync());
            _askForBlocked.Parameters.Add(new NpgsqlParameter<string>());
            await _askForBlocked.PrepareAsync();
        }

        _askForBlocked.Parameters[0].Value = ((PostgreSqlTestStore)other)._name;
        return (bool)(await _askForBlocked.ExecuteScalarAsync())!;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_askForBlocked is { Connection: { } asking })
        {
            await _askForBlocked.DisposeAsync();
            await asking.DisposeAsync();
        }

        if (_isFirst)
        {
            await using var connection = await DataSource.OpenConnectionAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"DROP SCHEMA IF EXISTS {Schemata} CASCADE";
            await command.ExecuteNonQueryAsync();
        }

        await _services.DisposeAsync();
        await DataSource.DisposeAsync();
    }
}

/// <summary>By how much the clock of a store is ahead of its server's; shared by all who use the store.</summary>
internal sealed class ClockShift
{
    public TimeSpan By { get; set; }

    /// <summary>Has the store's clock show an instant now.</summary>
    public static ClockShift To(DateTimeOffset now) => new() { By = now - TimeProvider.System.GetUtcNow() };
}
