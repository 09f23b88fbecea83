using Npgsql;
using OrderKit.Sql.Tests;
using Xunit.Abstractions;

namespace OrderKit.PostgreSql.Tests;

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlCrashTests(ITestOutputHelper output) : CrashTests(output)
{
    private const int Seed = 17;

    [Fact]
    public Task A_process_that_is_killed_while_it_writes_loses_nothing_that_it_told() => KillFromOutsideAsync(rounds: 10, new Random(Seed));

    protected override Task<string> MakePlaceAsync(string folder, string name) => Task.FromResult($"t{Guid.NewGuid():N}");

    protected override async Task DropPlaceAsync(string place)
    {
        await using var server = NpgsqlDataSource.Create(PostgreSqlTestStore.Server);
        await using var command = server.CreateCommand($"DROP SCHEMA IF EXISTS {place} CASCADE");
        await command.ExecuteNonQueryAsync();
    }

    protected override TestStore Open(string place, DateTimeOffset now) => new PostgreSqlTestStore(schema: place, clock: ClockShift.To(now));
}
