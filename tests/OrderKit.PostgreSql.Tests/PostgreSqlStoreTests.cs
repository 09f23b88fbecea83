using System.Data.Common;
using Npgsql;
using OrderKit.Idempotency;
using OrderKit.Specs;
using OrderKit.Sql.Tests;

namespace OrderKit.PostgreSql.Tests;

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlStoreTests : StoreTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlUnitOfWorkTests : UnitOfWorkTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlDuplicateHistoryTests : DuplicateHistoryTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlSchemaTests : SchemaTests
{
    protected override Task<TestStore> OpenEmptyAsync() => Task.FromResult<TestStore>(new PostgreSqlTestStore());

    protected override TestStore Reopen(TestStore store) => new PostgreSqlTestStore(schema: ((PostgreSqlTestStore)store).Schemata);
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlCatalogueTests : CatalogueTests
{
    protected override StoreAbilities Lacks => StoreAbilities.None;

    protected override async ValueTask<IStoreUnderTest> OpenAsync()
    {
        var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        return new SqlStoreUnderTest(
            store, StoreAbilities.HostTransactions | StoreAbilities.ParallelUnits | StoreAbilities.ParallelReads,
            around => new PostgreSqlTestStore(options => options.Wrap = around, store.Schemata, clock: store.Clock));
    }
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlMessageTests : MessageTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();

    protected override TestStore Reopen(TestStore store, Func<DbConnection, DbConnection> around) => new PostgreSqlTestStore(
        options => options.Wrap = around, ((PostgreSqlTestStore)store).Schemata, clock: ((PostgreSqlTestStore)store).Clock);
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlAlertTests : AlertTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlGroupedOperationTests : GroupedOperationTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();

    protected override bool GivesUp => true;

    [Fact]
    public async Task A_key_that_a_host_holds_keeps_the_others_waiting_no_longer_than_its_lock_timeout()
    {
        var builder = new NpgsqlConnectionStringBuilder(PostgreSqlTestStore.Server) { Options = "-c lock_timeout=20ms", MaxPoolSize = 5 };
        await using var impatient = NpgsqlDataSource.Create(builder);
        await using var holding = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var store = new PostgreSqlTestStore(schema: holding.Schemata, dataSource: impatient, clock: holding.Clock);
        await holding.RunAsync($"CREATE TABLE {holding.Table("granted")} (id integer NOT NULL)");
        await using var service = NewService(store);
        await using var unit = await holding.Units.BeginAsync();
        await new Operations(holding.Operations, holding.Units).RunAsync(unit, Key(5), Asked, ResultCodec.Text, static (_, _) => Task.FromResult("by the host"));

        var requests = await TogetherAsync(service, () => Enumerable.Range(0, 16).Select(i => GrantAsync(store, service, i)).ToList());

        Assert.All(await Task.WhenAll(requests.Where((_, i) => i != 5)), answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.IsType<OperationOutcome<string>.Running>(await requests[5]);
        await unit.CommitAsync();
        Assert.Equal("by the host", Assert.IsType<OperationOutcome<string>.Duplicate>(await GrantAsync(store, service, 5)).Result);
    }
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlGroupFaultTests : GroupFaultTests
{
    protected override async Task<IServiceProvider> OpenAsync() => (await PostgreSqlTestStore.CreateAsync()).Services;
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlGroupedNotificationTests : GroupedNotificationTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();
}
