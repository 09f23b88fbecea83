using System.Globalization;
using ErpIntegration;
using Npgsql;

namespace OrderKit.ErpIntegration.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task The_story_ends_with_both_sides_in_agreement()
    {
        var (code, output, _) = await RunAsync();

        Assert.Equal(0, code);
        Assert.Contains("callback   ERP: Paid             OrderKit: 101", output, StringComparison.Ordinal);
        Assert.Contains("failed     ERP: AwaitingPayment  OrderKit: 100", output, StringComparison.Ordinal);
        Assert.Contains("callback   ERP: NeedsAttention   OrderKit: paid-after-cancel", output, StringComparison.Ordinal);
        Assert.Contains("deadline   ERP: Cancelled        OrderKit: 290", output, StringComparison.Ordinal);
        Assert.Contains("orders 3, payments 2, pick tickets 1, mismatches 0", output, StringComparison.Ordinal);
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task No_fault_and_no_killed_process_makes_the_sides_differ(int seed) => await ProveAsync(seed);

    [Fact, Trait("Requires", "PostgreSql")]
    public async Task No_broken_connection_of_a_server_makes_the_sides_differ()
    {
        var server = Environment.GetEnvironmentVariable("ORDERKIT_TEST_POSTGRES")
            ?? throw new InvalidOperationException("ORDERKIT_TEST_POSTGRES names no server. Run ./test.sh, or leave out Requires=PostgreSql.");
        var schema = $"e{Guid.NewGuid():N}";
        await using var dataSource = NpgsqlDataSource.Create(server);
        await using (var create = dataSource.CreateCommand($"CREATE SCHEMA {schema}"))
        {
            await create.ExecuteNonQueryAsync();
        }

        try
        {
            await ProveAsync(seed: 3, "--postgres", $"{server};Search Path={schema}");
        }
        finally
        {
            await using var drop = dataSource.CreateCommand($"DROP SCHEMA {schema} CASCADE");
            await drop.ExecuteNonQueryAsync();
        }
    }

    [Theory]
    [InlineData("There is no option '--colour'.", "--colour", "red")]
    [InlineData("--faults needs a value.", "--faults")]
    [InlineData("--faults cannot be 'many'. Give a whole number from 10 to 100000.", "--faults", "many")]
    [InlineData("--faults cannot be '9'.", "--faults", "9")]
    [InlineData("--seed cannot be '-1'.", "--seed", "-1")]
    [InlineData("--file cannot be '/no/such/folder/erp.db'. Give a path in a folder that exists.", "--file", "/no/such/folder/erp.db")]
    [InlineData("--postgres cannot be 'localhost'. Give a connection string", "--postgres", "localhost")]
    [InlineData("--file and --postgres exclude each other.", "--file", "erp.db", "--postgres", "Host=localhost")]
    [InlineData("PostgreSQL cannot be used: ", "--postgres", "Host=127.0.0.1;Port=1;Timeout=1")]
    [InlineData("PostgreSQL cannot be used: ", "--postgres", "Colour=red")]
    public async Task A_wrong_command_line_is_explained(string fault, params string[] args)
    {
        var (code, _, errors) = await RunAsync(args);

        Assert.Equal(2, code);
        Assert.StartsWith(fault, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_exists_is_not_touched()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (code, _, errors) = await RunAsync("--file", file);

            Assert.Equal(2, code);
            Assert.Contains("exists already", errors, StringComparison.Ordinal);
            Assert.Equal(0, new FileInfo(file).Length);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Help_is_shown() => Assert.Contains("--faults N", (await RunAsync("--help")).Output, StringComparison.Ordinal);

    private static async Task ProveAsync(int seed, params string[] args)
    {
        var (code, output, errors) = await RunAsync(["--faults", "40", "--seed", seed.ToString(CultureInfo.InvariantCulture), .. args]);

        Assert.True(code == 0, $"{output}{errors}");
        Assert.Contains("mismatches 0, lost 0, doubled 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("faults injected 0", output, StringComparison.Ordinal);
        Assert.Contains("processes killed 2", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var code = await ErpCommand.RunAsync(args, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
