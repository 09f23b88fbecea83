namespace OrderKit.Simulation.Tests;

/// <summary>Ends the host's process at a call of a store, before or after it took effect, at random and by a seed.</summary>
internal sealed class Crashes(long seed, double rate)
{
    private readonly SimulationRandom _random = SimulationRandom.For((ulong)seed, "crashes");

    public static Crashes None { get; } = new(0, 0);

    public bool IsArmed { get; set; } = true;

    public int Count { get; private set; }

    /// <summary>A place where the process may end.</summary>
    public void Point()
    {
        if (rate > 0 && IsArmed && _random.Chance(rate))
        {
            Count++;
            throw new CrashedException();
        }
    }

    /// <summary>Whether somebody answers in the name of who failed, such as the web server with an error.</summary>
    public bool SomebodyAnswers() => _random.Chance(0.5);

    public async ValueTask<T> AroundAsync<T>(Func<ValueTask<T>> call)
    {
        Point();
        var result = await call();
        Point();
        return result;
    }
}

internal sealed class CrashedException() : Exception("The process ended here.");
