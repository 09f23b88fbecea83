using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Sql;
using OrderKit.Sql.Tests;
using OrderKit.StateMachine;

namespace OrderKit.Sqlite.Tests;

public sealed class SqliteFaultTests
{
    private const int Full = 13;
    private const int NoDatabase = 26;
    private const int CannotOpen = 14;
    private const int ReadOnly = 8;

    [Fact]
    public async Task A_file_that_somebody_else_writes_is_named_with_the_way_out()
    {
        await using var store = (SqliteTestStore)await SqliteTestStore.CreateAsync(options => options.BusyTimeout = TimeSpan.FromMilliseconds(50));
        await using var host = await store.OpenHostAsync();
        await using (await host.BeginTransactionAsync())
        {
            var refusal = await Assert.ThrowsAsync<TimeoutException>(async () => await store.Units.BeginAsync());

            Assert.Contains(store.Path, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("SqlUnitOfWork.Enlist", refusal.Message, StringComparison.Ordinal);
            Assert.IsType<SqliteException>(refusal.InnerException);
            var lease = await Assert.ThrowsAsync<TimeoutException>(async () => await store.Leases.TryAcquireAsync("sealer", "me", TimeSpan.FromMinutes(1)));
            Assert.Contains(store.Path, lease.Message, StringComparison.Ordinal);
            Assert.Null(await store.Queries.FindAsync(Samples.Key(1)));
        }

        Assert.NotEqual([0L], await store.SaveAsync(Samples.Full(Samples.Key(1))));
    }

    [Fact]
    public async Task A_unit_inside_another_one_is_told_that_it_waits_for_itself()
    {
        await using var store = (SqliteTestStore)await SqliteTestStore.CreateAsync(options => options.WriteWaitLimit = TimeSpan.FromMilliseconds(50));
        await using (await store.Units.BeginAsync())
        {
            var refusal = await Assert.ThrowsAsync<TimeoutException>(async () => await store.Units.BeginAsync());
            Assert.Contains(store.Path, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("waits for itself", refusal.Message, StringComparison.Ordinal);
        }

        await store.SaveAsync(Samples.Full(Samples.Key(1)));
    }

    [Fact]
    public async Task Two_stores_on_one_file_share_its_gate()
    {
        await using var store = (SqliteTestStore)await SqliteTestStore.CreateAsync();
        await using var other = new SqliteTestStore(options => options.WriteWaitLimit = TimeSpan.FromMilliseconds(50), Path.Combine(Path.GetDirectoryName(store.Path)!, ".", "orders.db"));
        await using var unit = await store.Units.BeginAsync();

        await Assert.ThrowsAsync<TimeoutException>(async () => await other.Units.BeginAsync());
    }

    [Fact]
    public async Task A_full_disk_leaves_what_was_committed_and_goes_on_when_there_is_room()
    {
        DbConnection? writer = null;
        await using var store = await SqliteTestStore.CreateAsync(options => options.Wrap = inner => writer ??= inner);
        await store.SaveAsync(Samples.Full(Samples.Key(1)));
        await LimitAsync(writer!, "(here)");

        var committed = 1;
        SqliteException? failure = null;
        while (failure is null)
        {
            Assert.True(committed < 1_000, "The disk never became full.");
            var change = Samples.Full(Samples.Key(committed + 1));
            try
            {
                await store.SaveAsync(change with { Details = [change.Details[0] with { Payload = new byte[50_000] }] });
                committed++;
            }
            catch (SqliteException exception)
            {
                failure = exception;
            }
        }

        Assert.Equal(Full, failure.SqliteErrorCode);
        Assert.Equal(committed, await store.CountAsync("orders"));
        Assert.Equal(committed, await store.CountAsync("outbox"));
        await LimitAsync(writer!, "4294967294");
        await store.SaveAsync(Samples.Full(Samples.Key(committed + 1)));
        Assert.Equal(committed + 1, await store.CountAsync("journal"));
    }

    [Fact]
    public async Task A_transaction_on_another_file_is_refused_by_both_names()
    {
        await using var store = (SqliteTestStore)await SqliteTestStore.CreateAsync();
        await using var other = (SqliteTestStore)await SqliteTestStore.CreateAsync();
        await using var host = await other.OpenHostAsync();
        await using var transaction = await host.BeginTransactionAsync();

        var refusal = await Assert.ThrowsAsync<ArgumentException>(async () => await store.Orders.SaveAsync(SqlUnitOfWork.Enlist(transaction), [Samples.Full(Samples.Key(1))]));

        Assert.Contains(store.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(other.Path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_alone()
    {
        await using var store = new SqliteTestStore();
        await File.WriteAllTextAsync(store.Path, new string('x', 4_096));

        var failure = await Assert.ThrowsAsync<SqliteException>(() => store.Schema.EnsureAsync());

        Assert.Equal(NoDatabase, failure.SqliteErrorCode);
        Assert.Contains(store.Path, failure.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 4_096), await File.ReadAllTextAsync(store.Path));
    }

    [Fact]
    public async Task A_file_whose_folder_is_not_there_is_named()
    {
        await using var store = new SqliteTestStore(path: Path.Combine(Path.GetTempPath(), "orderkit-no-such-folder", "orders.db"));

        var failure = await Assert.ThrowsAsync<SqliteException>(() => store.Schema.EnsureAsync());

        Assert.Equal(CannotOpen, failure.SqliteErrorCode);
        Assert.Contains(store.Path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_can_only_be_read_is_refused_before_anything_is_written()
    {
        await using var store = (SqliteTestStore)await SqliteTestStore.CreateAsync();
        await using var reader = new SqliteTestStore(options => options.ConnectionString += ";Mode=ReadOnly", store.Path);

        var failure = await Assert.ThrowsAsync<SqliteException>(() => reader.Schema.EnsureAsync());

        Assert.Equal(ReadOnly, failure.SqliteErrorCode);
        Assert.Contains(store.Path, failure.Message, StringComparison.Ordinal);
        Assert.Null(await reader.Queries.FindAsync(Samples.Key(1)));
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=x;Mode=Memory;Cache=Shared")]
    [InlineData("")]
    public void A_database_in_memory_is_refused_when_the_host_starts(string connectionString)
    {
        using var services = new ServiceCollection().AddLogging().AddOrderKit().UseSqlite(options => options.ConnectionString = connectionString).Services.BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<SqliteStoreOptions>>().Value);
        Assert.Contains("UseInMemory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_makes_its_tables_when_it_starts_and_lets_go_of_the_file_when_it_stops()
    {
        var folder = Directory.CreateTempSubdirectory("orderkit-host-").FullName;
        var file = Path.Combine(folder, "orders.db");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOrderKit().UseSqlite($"Data Source={file}");
        using (var host = builder.Build())
        {
            Assert.False(File.Exists(file));
            await host.StartAsync();
            var fired = await host.Services.GetRequiredService<OrderLifecycle>().FireAsync(new OrderFact { Trigger = "placed", Source = "taobao", Order = Samples.Key(1), Amount = new Money(1990, Currency.CNY), Quantity = 1 });
            Assert.IsType<FireResult.Applied>(fired);
            await host.StopAsync();
        }

        Assert.False(File.Exists(file + "-wal"));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task LimitAsync(DbConnection connection, string pages)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = pages.StartsWith('(') ? "PRAGMA page_count" : $"PRAGMA max_page_count = {pages}";
        var count = await command.ExecuteScalarAsync();
        if (pages.StartsWith('('))
        {
            command.CommandText = $"PRAGMA max_page_count = {Convert.ToInt64(count, System.Globalization.CultureInfo.InvariantCulture) + 50}";
            await command.ExecuteScalarAsync();
        }
    }
}
