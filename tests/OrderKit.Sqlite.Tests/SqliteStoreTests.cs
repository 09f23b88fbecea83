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

public sealed class SqliteSchemaTests : SchemaTests
{
    protected override Task<TestStore> OpenEmptyAsync() => Task.FromResult<TestStore>(new SqliteTestStore());

    protected override TestStore Reopen(TestStore store) => new SqliteTestStore(path: ((SqliteTestStore)store).Path);
}
