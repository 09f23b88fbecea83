using OrderKit.Sql.Tests;
using Xunit.Abstractions;

namespace OrderKit.Sqlite.Tests;

public sealed class SqliteCrashTests(ITestOutputHelper output) : CrashTests(output)
{
    private const int Seed = 17;

    // The child copies its log into the file after each commit, so most kills hit a checkpoint.
    [Fact]
    public Task A_process_that_is_killed_while_it_checkpoints_loses_nothing_that_it_told() => KillFromOutsideAsync(rounds: 15, new Random(Seed));

    protected override async Task CheckAsync(TestStore store)
    {
        await using var connection = await store.OpenHostAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", await command.ExecuteScalarAsync());
    }

    protected override Task<string> MakePlaceAsync(string folder, string name) => Task.FromResult(Path.Combine(folder, name + ".db"));

    protected override Task DropPlaceAsync(string place) => Task.CompletedTask;

    protected override TestStore Open(string place, DateTimeOffset now) => new SqliteTestStore(path: place, clock: new FakeTimeProvider(now));
}
