using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Sqlite;

namespace OrderKit.EntityFrameworkCore.Tests;

internal sealed class SqliteErpDatabase : ErpDatabase
{
    private const int InputOutputError = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("orderkit-ef-").FullName;

    private string ConnectionString => $"Data Source={Path.Combine(_folder, "erp.db")};Pooling=False";

    public override Task FailAsync(DbConnection connection) => throw new SqliteException("The disk did not answer.", InputOutputError);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override void UseStore(OrderKitBuilder builder) => builder.UseSqlite(options =>
    {
        options.ConnectionString = ConnectionString;
        options.Synchronous = SqliteSynchronous.Normal;
    });

    protected override DbConnection NewConnection() => new SqliteConnection(ConnectionString);

    protected override DbContextOptionsBuilder<ErpContext> NewOptions(DbConnection? connection)
    {
        var options = new DbContextOptionsBuilder<ErpContext>();
        return connection is null
            ? options.UseSqlite(ConnectionString, sqlite => sqlite.ExecutionStrategy(dependencies => new Retries(dependencies)))
            : options.UseSqlite(connection, sqlite => sqlite.ExecutionStrategy(dependencies => new Retries(dependencies)));
    }

    private sealed class Retries(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 3, TimeSpan.Zero)
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is SqliteException { SqliteErrorCode: InputOutputError };
    }
}
