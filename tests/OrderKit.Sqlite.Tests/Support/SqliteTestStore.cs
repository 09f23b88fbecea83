using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Sql.Tests;

namespace OrderKit.Sqlite.Tests;

internal sealed class SqliteTestStore : TestStore
{
    private readonly ServiceProvider _services;
    private readonly string? _folder;

    public SqliteTestStore(Action<SqliteStoreOptions>? configure = null, string? path = null, FakeTimeProvider? clock = null)
    {
        if (path is null)
        {
            _folder = Directory.CreateTempSubdirectory("orderkit-sqlite-").FullName;
            path = System.IO.Path.Combine(_folder, "orders.db");
        }

        Path = path;
        Clock = clock ?? new FakeTimeProvider(Samples.Noon);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging();
        services.AddOrderKit().UseSqlite(options =>
        {
            options.ConnectionString = $"Data Source={path}";
            options.Synchronous = SqliteSynchronous.Normal;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public string Path { get; }

    public FakeTimeProvider Clock { get; }

    public override IServiceProvider Services => _services;

    public static async Task<TestStore> CreateAsync(Action<SqliteStoreOptions>? configure = null)
    {
        var store = new SqliteTestStore(configure);
        await store.Schema.EnsureAsync();
        return store;
    }

    public override string Table(string name) => "orderkit_" + name;

    public override void Advance(TimeSpan by) => Clock.Advance(by);

    public override async Task<DbConnection> OpenHostAsync()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    public override async Task<string> ExplainAsync(string sql)
    {
        await using var connection = (SqliteConnection)await OpenHostAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        for (var number = 40; number >= 1; number--)
        {
            if (sql.Contains($"${number}", StringComparison.Ordinal))
            {
                command.Parameters.AddWithValue($"${number}", 1);
            }
        }

        command.Parameters.AddWithValue("$now", 1);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(3));
        }

        return string.Join('\n', lines);
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
