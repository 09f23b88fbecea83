using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Core;
using OrderKit.Sql;
using OrderKit.Sqlite;

namespace OrderKit.AspNetCore.Tests;

/// <summary>A store of its own for one test.</summary>
public abstract class ShopStore : IAsyncDisposable
{
    public abstract void Choose(OrderKitBuilder builder);

    public abstract ValueTask DisposeAsync();
}

internal sealed class MemoryShopStore : ShopStore
{
    public override void Choose(OrderKitBuilder builder) => builder.UseInMemory();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class SqliteShopStore : ShopStore
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orderkit-web-").FullName;

    public override void Choose(OrderKitBuilder builder) => builder.UseSqlite(options =>
    {
        options.ConnectionString = $"Data Source={Path.Combine(_folder, "orders.db")}";
        options.Synchronous = SqliteSynchronous.Normal;
    });

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

internal sealed class PostgreSqlShopStore : ShopStore
{
    private readonly string _schema = $"web{Guid.NewGuid():N}";
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
        (Environment.GetEnvironmentVariable("ORDERKIT_TEST_POSTGRES")
            ?? throw new InvalidOperationException("ORDERKIT_TEST_POSTGRES names no server. Run ./test.sh, or leave out Requires=PostgreSql.")) + ";Maximum Pool Size=20");

    public override void Choose(OrderKitBuilder builder) => builder.UsePostgreSql(options =>
    {
        options.DataSource = _source;
        options.Schema = _schema;
        options.SchemaMode = SchemaMode.CreateIfMissing;
    });

    public override async ValueTask DisposeAsync()
    {
        await using (var command = _source.CreateCommand($"DROP SCHEMA IF EXISTS {_schema} CASCADE"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await _source.DisposeAsync();
    }
}
