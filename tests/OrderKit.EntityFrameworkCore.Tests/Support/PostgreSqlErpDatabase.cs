using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Core;

namespace OrderKit.EntityFrameworkCore.Tests;

internal sealed class PostgreSqlErpDatabase : ErpDatabase
{
    private readonly string _schema = $"e{Guid.NewGuid():N}";

    public PostgreSqlErpDatabase() =>
        DataSource = NpgsqlDataSource.Create($"{Server};Maximum Pool Size=20;Search Path={_schema};Options=-c deadlock_timeout=20ms");

    public NpgsqlDataSource DataSource { get; }

    private static string Server => Environment.GetEnvironmentVariable("ORDERKIT_TEST_POSTGRES")
        ?? throw new InvalidOperationException("ORDERKIT_TEST_POSTGRES names no server. Run ./test.sh, or leave out Requires=PostgreSql.");

    /// <summary>The server ends the session, and the next statement finds out; a commit that took effect is answered by nobody.</summary>
    public override async Task FailAsync(DbConnection connection)
    {
        if (connection is null)
        {
            throw new NpgsqlException("The connection broke.", new IOException());
        }

        if (connection is NpgsqlConnection { State: System.Data.ConnectionState.Open, ProcessID: var session })
        {
            await RunAsync($"SELECT pg_terminate_backend({session}, 5000)");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await RunAsync($"DROP SCHEMA {_schema} CASCADE");
        await base.DisposeAsync();
        await DataSource.DisposeAsync();
    }

    protected override void UseStore(OrderKitBuilder builder) => builder.UsePostgreSql(options => options.DataSource = DataSource);

    protected override Task PrepareAsync() => RunAsync($"CREATE SCHEMA {_schema}");

    protected override DbConnection NewConnection() => DataSource.CreateConnection();

    protected override DbContextOptionsBuilder<ErpContext> NewOptions(DbConnection? connection)
    {
        var options = new DbContextOptionsBuilder<ErpContext>();
        return connection is null
            ? options.UseNpgsql(DataSource, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.Zero, [PostgresErrorCodes.AdminShutdown]))
            : options.UseNpgsql(connection, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.Zero, [PostgresErrorCodes.AdminShutdown]));
    }

    private async Task RunAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
