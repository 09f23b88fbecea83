using System.Data.Common;
using OrderKit.Specs;
using OrderKit.Sql.Tests;

namespace OrderKit.Sqlite.Tests;

public sealed class SqliteStoreTests : StoreTests
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStore.CreateAsync();
}

public sealed class SqliteUnitOfWorkTests : UnitOfWorkTests
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStore.CreateAsync();
}

public sealed class SqliteDuplicateHistoryTests : DuplicateHistoryTests
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStore.CreateAsync();
}

public sealed class SqliteSchemaTests : SchemaTests
{
    protected override Task<TestStore> OpenEmptyAsync() => Task.FromResult<TestStore>(new SqliteTestStore());

    protected override TestStore Reopen(TestStore store) => new SqliteTestStore(path: ((SqliteTestStore)store).Path);
}

public sealed class SqliteCatalogueTests : CatalogueTests
{
    // A file has one writer at a time.
    protected override StoreAbilities Lacks => StoreAbilities.ParallelUnits;

    protected override async ValueTask<IStoreUnderTest> OpenAsync()
    {
        var store = (SqliteTestStore)await SqliteTestStore.CreateAsync();
        return new SqlStoreUnderTest(
            store, StoreAbilities.HostTransactions | StoreAbilities.ParallelReads,
            around => new SqliteTestStore(options => options.Wrap = around, store.Path, store.Clock));
    }
}

public sealed class SqliteMessageTests : MessageTests
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStore.CreateAsync();

    protected override TestStore Reopen(TestStore store, Func<DbConnection, DbConnection> around) =>
        new SqliteTestStore(options => options.Wrap = around, ((SqliteTestStore)store).Path, ((SqliteTestStore)store).Clock);
}

public sealed class SqliteAlertTests : AlertTests
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStore.CreateAsync();
}

public sealed class SqliteGroupedOperationTests : GroupedOperationTests
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStore.CreateAsync();

    protected override bool GivesUp => false;
}

public sealed class SqliteGroupFaultTests : GroupFaultTests
{
    protected override async Task<IServiceProvider> OpenAsync() => (await SqliteTestStore.CreateAsync()).Services;
}

public sealed class SqliteGroupedNotificationTests : GroupedNotificationTests
{
    protected override Task<TestStore> OpenAsync() => SqliteTestStore.CreateAsync();
}
