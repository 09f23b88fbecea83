using System.Diagnostics;

namespace OrderKit.Sql.Tests;

/// <summary>What a process that is killed, and whoever goes on after it, have in common: a store, a mark, and the world outside.</summary>
internal sealed class CrashedProcess(TestStore store, TimeProvider clock, string mark, string outside, int last)
{
    private readonly List<string> _told = [];
    private int _steps;

    public TestStore Store => store;

    public TimeProvider Clock => clock;

    /// <summary>What tells this try from others on the same store.</summary>
    public string Mark => mark;

    /// <summary>The answers that came out of the process before it died.</summary>
    public IReadOnlyList<string> Told => _told;

    /// <summary>A name of a further key that a person can read.</summary>
    public static string Named(string downstreamKey, string name) => $"{downstreamKey}:{name}";

    /// <summary>One more step; at the last one the process kills itself, as nobody can refuse to be killed.</summary>
    public void Step()
    {
        if (Interlocked.Increment(ref _steps) == last)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            self.WaitForExit();
        }
    }

    /// <summary>An effect outside of the store, such as a charge; whoever gets a key twice does it once.</summary>
    public string ActElsewhere(string downstreamKey, string name)
    {
        Step();
        var named = Named(downstreamKey, name);
        File.AppendAllLines(outside, [named]);
        return named;
    }

    public IReadOnlyList<string> Elsewhere() => File.Exists(outside) ? File.ReadAllLines(outside) : [];

    /// <summary>An answer to a caller.</summary>
    public void Tell(string answer)
    {
        Step();
        Console.Out.WriteLine(answer);
        Console.Out.Flush();
    }

    public void Heard(string answer) => _told.Add(answer);
}
