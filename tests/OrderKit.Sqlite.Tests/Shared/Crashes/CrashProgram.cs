using System.Data.Common;
using System.Globalization;
using OrderKit.Eng;

namespace OrderKit.Sql.Tests;

/// <summary>The process that is killed: this assembly, run by itself.</summary>
internal static class CrashProgram
{
    /// <summary>Does what the arguments name; see <see cref="CrashTests"/>, which starts it.</summary>
    /// <param name="args">The scenario, the step to die at, the mark, the file of the world outside, the store's place, and the instant of its clock.</param>
    /// <param name="open">Opens the store.</param>
    public static async Task<int> RunAsync(string[] args, Func<string, DateTimeOffset, Func<DbConnection, DbConnection>, TestStore> open)
    {
        if (args.Length != 6)
        {
            await Console.Error.WriteLineAsync("These tests are run by `dotnet test`.");
            return 2;
        }

        var scenario = CrashScenario.Named(args[0]);
        var now = DateTimeOffset.Parse(args[5], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        CrashedProcess? process = null;
        await using var store = open(args[4], now, connection => new RecordingConnection(connection, _ =>
        {
            process!.Step();
            return default;
        }));
        process = new CrashedProcess(store, new FakeTimeProvider(now), args[2], args[3], int.Parse(args[1], CultureInfo.InvariantCulture));
        await scenario.ActAsync(process);
        return 0;
    }
}
