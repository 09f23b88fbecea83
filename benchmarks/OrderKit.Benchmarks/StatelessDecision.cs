using Stateless;

namespace OrderKit.Benchmarks;

/// <summary>
/// The goods of a parcel in Stateless: ten states, one trigger for each fact of the life, and a guard where OrderKit's model has one.
/// It has one facet and no sums, holds or cases, so it decides less than OrderKit does.
/// </summary>
internal static class StatelessDecision
{
    /// <summary>How often <see cref="FireInACircle"/> fires.</summary>
    public const int CircleFires = 20_000;

    /// <summary>How often <see cref="FireThroughLives"/> fires.</summary>
    public const int LifeFires = 2_000;

    private const int Facts = 10;
    private static readonly StateMachine<int, int> Circle = Configure(new StateMachine<int, int>(0));

    /// <summary>Fires on one machine, from the last state back to the first.</summary>
    public static void FireInACircle()
    {
        for (var i = 0; i < CircleFires; i++)
        {
            Circle.Fire(i % Facts);
        }
    }

    /// <summary>
    /// Makes a machine for each parcel, as its documentation advises for a state that is stored elsewhere, and fires its whole life.
    /// </summary>
    public static void FireThroughLives()
    {
        for (var i = 0; i < LifeFires; i += Facts)
        {
            var state = 0;
            var machine = Configure(new StateMachine<int, int>(() => state, next => state = next));
            for (var fact = 0; fact < Facts; fact++)
            {
                machine.Fire(fact);
            }
        }
    }

    private static StateMachine<int, int> Configure(StateMachine<int, int> machine)
    {
        for (var state = 0; state < Facts; state++)
        {
            var configuration = machine.Configure(state);
            if (state == 2)
            {
                configuration.PermitIf(state, state + 1, static () => true);
            }
            else
            {
                configuration.Permit(state, (state + 1) % Facts);
            }
        }

        return machine;
    }
}
