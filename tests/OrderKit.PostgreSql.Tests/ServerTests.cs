using Npgsql;

namespace OrderKit.PostgreSql.Tests;

[Trait("Requires", "PostgreSql")]
public sealed class ServerTests
{
    /// <summary>What the other tests say about durability is worth nothing on a server that does not sync.</summary>
    [Theory]
    [InlineData("fsync")]
    [InlineData("synchronous_commit")]
    [InlineData("full_page_writes")]
    public async Task The_server_under_test_is_as_durable_as_a_real_one(string setting)
    {
        var connectionString = Environment.GetEnvironmentVariable("ORDERKIT_TEST_POSTGRES");
        Assert.True(connectionString is not null, "ORDERKIT_TEST_POSTGRES names no server. Run ./test.sh, or leave out Requires=PostgreSql.");

        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var command = dataSource.CreateCommand("SELECT current_setting($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = setting });

        Assert.Equal("on", await command.ExecuteScalarAsync());
    }
}
