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
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlAlertTests : AlertTests
{
    protected override Task<TestStore> OpenAsync() => PostgreSqlTestStore.CreateAsync();
}
