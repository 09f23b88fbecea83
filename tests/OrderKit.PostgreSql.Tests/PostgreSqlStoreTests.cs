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
public sealed class PostgreSqlSchemaTests : SchemaTests
{
    protected override Task<TestStore> OpenEmptyAsync() => Task.FromResult<TestStore>(new PostgreSqlTestStore());

    protected override TestStore Reopen(TestStore store) => new PostgreSqlTestStore(schema: ((PostgreSqlTestStore)store).Schemata);
}
