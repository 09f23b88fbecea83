using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace OrderKit.Sql.Tests;

/// <summary>Processes that are really killed (<c>kill -9</c>) before each of their statements, commits, effects and answers in turn.</summary>
public abstract class CrashTests(ITestOutputHelper output)
{
    private const int Killed = 128 + 9;
    private const int MostSteps = 400;

    public static TheoryData<string> Scenarios => [.. CrashScenario.Names];

    [Theory, MemberData(nameof(Scenarios))]
    public async Task A_process_that_is_killed_at_any_step_leaves_nothing_half_done(string name)
    {
        var scenario = CrashScenario.Named(name);
        var folder = Directory.CreateTempSubdirectory("orderkit-crash-").FullName;
        var place = await MakePlaceAsync(folder, "all");
        var kills = 0;
        try
        {
            if (scenario.NeedsTables)
            {
                await EnsureAsync(place);
            }

            for (var (step, hasEnded) = (1, false); !hasEnded; step += scenario.Stride)
            {
                Assert.True(step < MostSteps, "What the process does has an end.");
                var mark = step.ToString(CultureInfo.InvariantCulture);
                var here = scenario.NeedsTables ? place : await MakePlaceAsync(folder, mark);
                var outside = Path.Combine(folder, $"outside-{mark}");
                var beside = scenario.HasCompany ? EnsureAsync(here) : Task.CompletedTask;
                var (code, told) = await RunAsync(name, mark, outside, here);
                await beside;
                hasEnded = code == 0;
                Assert.True(code is 0 or Killed, $"Step {step}: the process ended with {code}.");
                kills += hasEnded ? 0 : 1;

                await using var store = Open(here, Samples.Noon);
                var process = new CrashedProcess(store, new FakeTimeProvider(Samples.Noon), mark, outside, last: 0);
                told.ForEach(process.Heard);
                try
                {
                    await scenario.ProveAsync(process);
                }
                catch (Exception broken)
                {
                    throw new InvalidOperationException($"Killed before step {step}: {broken.Message}", broken);
                }

                if (!scenario.NeedsTables)
                {
                    await DropPlaceAsync(here);
                }
            }

            Assert.True(kills > 1, "The process was killed.");
            output.WriteLine($"{name}: {kills} processes were killed.");
        }
        finally
        {
            await DropPlaceAsync(place);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Has a process write until it has told so many answers, kills it from outside, and proves that all of them are kept.</summary>
    protected async Task KillFromOutsideAsync(int rounds, Random random)
    {
        var folder = Directory.CreateTempSubdirectory("orderkit-crash-").FullName;
        var place = await MakePlaceAsync(folder, "all");
        try
        {
            await EnsureAsync(place);
            for (var round = 1; round <= rounds; round++)
            {
                var mark = string.Create(CultureInfo.InvariantCulture, $"round-{round}");
                using var process = Start("Written", "0", mark, "none", place);
                var told = new List<string>();
                for (var left = random.Next(1, 200); left > 0 && await process.StandardOutput.ReadLineAsync() is { } answer; left--)
                {
                    told.Add(answer);
                }

                process.Kill();
                told.AddRange((await process.StandardOutput.ReadToEndAsync()).Split('\n')[..^1]);
                await process.WaitForExitAsync();
                Assert.Equal(Killed, process.ExitCode);

                await using var store = Open(place, Samples.Noon);
                var after = new CrashedProcess(store, new FakeTimeProvider(Samples.Noon), mark, "none", last: 0);
                told.ForEach(after.Heard);
                await CrashScenario.Named("Written").ProveAsync(after);
                await CheckAsync(store);
            }
        }
        finally
        {
            await DropPlaceAsync(place);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Has the database itself look for damage.</summary>
    protected virtual Task CheckAsync(TestStore store) => Task.CompletedTask;

    protected abstract Task<string> MakePlaceAsync(string folder, string name);

    protected abstract Task DropPlaceAsync(string place);

    /// <summary>Opens a store as a process that has just started does, with its clock at an instant.</summary>
    protected abstract TestStore Open(string place, DateTimeOffset now);

    private async Task EnsureAsync(string place)
    {
        await using var store = Open(place, Samples.Noon);
        await store.Schema.EnsureAsync();
    }

    private async Task<(int Code, List<string> Told)> RunAsync(string scenario, string step, string outside, string place)
    {
        using var process = Start(scenario, step, step, outside, place);
        var told = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", errors);
        return (process.ExitCode, [.. (await told).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    private Process Start(string scenario, string step, string mark, string outside, string place)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[GetType().Assembly.Location, scenario, step, mark, outside, place, Samples.Noon.ToString("O", CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
