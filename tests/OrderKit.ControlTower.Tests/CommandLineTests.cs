using System.Net;
using System.Net.Sockets;
using ControlTower;

namespace OrderKit.ControlTower.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--bogus", "There is no option '--bogus'.")]
    [InlineData("--port", "--port needs a value: a number from 1 to 65535.")]
    [InlineData("--port 0", "'0' is not valid for --port: a number from 1 to 65535.")]
    [InlineData("--port 99999", "'99999' is not valid for --port: a number from 1 to 65535.")]
    [InlineData("--orders none", "'none' is not valid for --orders: a number from 1 to 1000000.")]
    [InlineData("--seed -1", "'-1' is not valid for --seed: a number from 0.")]
    [InlineData("--database --keep", "'--keep' is not valid for --database: the path of a file.")]
    public async Task A_wrong_option_is_named_with_the_way_out(string line, string fault)
    {
        Assert.Null(TowerOptions.Parse(line.Split(' '), out var said));
        Assert.Equal(fault, said);
        Assert.Equal(2, await TowerCommand.RunAsync(line.Split(' '), CancellationToken.None));
    }

    [Fact]
    public void Options_are_read()
    {
        var options = TowerOptions.Parse(["--port", "8080", "--seed", "7", "--orders", "12", "--keep", "--no-serve"], out _)!;

        Assert.Equal((8080, 7L, 12, true, false), (options.Port, options.Seed, options.Orders, options.Keep, options.Serve));
        Assert.EndsWith("control-tower.db", options.Database, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_command_before_anything_is_loaded()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var file = Path.Combine(Path.GetTempPath(), $"orderkit-tower-{Guid.NewGuid():N}.db");

        var exit = await TowerCommand.RunAsync(["--port", $"{((IPEndPoint)taken.LocalEndpoint).Port}", "--database", file], CancellationToken.None);

        Assert.Equal(1, exit);
        Assert.False(File.Exists(file));
    }
}
