using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>Measures a million deadlines armed in memory beside a priority queue.</summary>
internal static class DeadlineBenchmarks
{
    private const int Armed = 1_000_000;

    public static void Run()
    {
        var start = new DateTimeOffset(2026, 2, 6, 0, 0, 0, TimeSpan.Zero).UtcTicks;
        var instants = new long[Armed];
        var state = 42UL;
        for (var i = 0; i < Armed; i++)
        {
            // At random within two weeks.
            state = (state * 6364136223846793005UL) + 1442695040888963407UL;
            instants[i] = start + ((long)(state >> 33) % (14 * TimeSpan.TicksPerDay / 1000) * 1000);
        }

        SideBySide.Print(
            "1,000,000 deadlines armed in memory",
            10,
            new("timing wheel of the in-memory store", "≤ 60", Armed, () =>
            {
                var wheel = new DeadlineWheel();
                for (var i = 0; i < instants.Length; i++)
                {
                    wheel.Add(instants[i], i, 0);
                }
            }),
            new("`PriorityQueue`", "", Armed, () =>
            {
                var queue = new PriorityQueue<int, long>();
                for (var i = 0; i < instants.Length; i++)
                {
                    queue.Enqueue(i, instants[i]);
                }
            }));
    }
}
