namespace OrderKit.Sql.Tests;

/// <summary>Creating, checking and printing the tables.</summary>
public abstract class SchemaTests
{
    /// <summary>Opens a store without its tables.</summary>
    protected abstract Task<TestStore> OpenEmptyAsync();

    /// <summary>Opens a second store on the same data.</summary>
    protected abstract TestStore Reopen(TestStore store);

    [Fact]
    public async Task Creating_is_safe_to_repeat_and_by_several_at_once()
    {
        await using var store = await OpenEmptyAsync();
        await using var second = Reopen(store);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => Task.Run(() => (n % 2 == 0 ? store : second).Schema.EnsureAsync())));

        await store.Schema.ValidateAsync();
        await store.SaveAsync(Samples.Full(Samples.Key(1)));
        Assert.Equal(3, await store.CountAsync("schema"));
    }

    [Fact]
    public async Task Checking_an_empty_database_says_what_to_do_and_creates_nothing()
    {
        await using var store = await OpenEmptyAsync();

        var failure = await Assert.ThrowsAsync<OrderKitSchemaException>(() => store.Schema.ValidateAsync());

        Assert.Equal((0, 1), (failure.FoundVersion, failure.NeededVersion));
        Assert.Contains("EnsureAsync", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<OrderKitSchemaException>(() => store.Schema.ValidateAsync());
    }

    [Fact]
    public async Task A_database_of_a_newer_release_is_left_alone()
    {
        await using var store = await OpenEmptyAsync();
        await store.Schema.EnsureAsync();
        await store.RunAsync($"UPDATE {store.Table("schema")} SET version = 7 WHERE engine = 'state-machine'");

        foreach (var check in new Func<Task>[] { () => store.Schema.ValidateAsync(), () => store.Schema.EnsureAsync() })
        {
            var failure = await Assert.ThrowsAsync<OrderKitSchemaException>(check);
            Assert.Equal(("state-machine", 7, 1), (failure.Engine, failure.FoundVersion, failure.NeededVersion));
            Assert.Contains("version 7", failure.Message, StringComparison.Ordinal);
            Assert.Contains("up to 1", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("journal_segments")]
    [InlineData("leases")]
    public async Task A_table_that_somebody_dropped_is_named(string table)
    {
        await using var store = await OpenEmptyAsync();
        await store.Schema.EnsureAsync();
        await store.RunAsync($"DROP TABLE {store.Table(table)}");

        foreach (var check in new Func<Task>[] { () => store.Schema.ValidateAsync(), () => store.Schema.EnsureAsync() })
        {
            var failure = await Assert.ThrowsAsync<OrderKitSchemaException>(check);
            Assert.Equal(store.Table(table), failure.MissingTable);
            Assert.Contains(store.Table(table), failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_migration_that_fails_shows_its_statement_and_leaves_nothing()
    {
        await using var store = await OpenEmptyAsync();
        await store.RunAsync($"CREATE TABLE {store.Table("parked")} (x integer)");

        var failure = await Assert.ThrowsAsync<OrderKitSchemaException>(() => store.Schema.EnsureAsync());

        Assert.StartsWith($"CREATE TABLE {store.Table("parked")}", failure.Statement, StringComparison.Ordinal);
        Assert.Contains(failure.Statement!, failure.Message, StringComparison.Ordinal);
        await store.RunAsync($"DROP TABLE {store.Table("parked")}");
        await store.Schema.EnsureAsync();
        await store.Schema.ValidateAsync();
    }

    [Fact]
    public async Task The_printed_script_makes_a_database_that_passes()
    {
        await using var store = await OpenEmptyAsync();

        await store.RunAsync(store.Schema.Script());

        await store.Schema.ValidateAsync();
        await store.Schema.EnsureAsync();
        Assert.Empty(store.Schema.Script(new Dictionary<string, int> { ["core"] = 1, ["state-machine"] = 1, ["messaging"] = 2 }));
    }

    [Theory]
    [InlineData("x; DROP TABLE a")]
    [InlineData("")]
    [InlineData("Upper_")]
    [InlineData("0_")]
    public void A_prefix_that_would_need_quotes_is_refused(string prefix) => Assert.Throws<ArgumentException>(() => new SqlNames(prefix));
}
