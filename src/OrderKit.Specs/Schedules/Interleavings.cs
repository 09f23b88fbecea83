namespace OrderKit.Specs;

/// <summary>Tries a scenario in every order of its steps, or in as many as there is time for.</summary>
internal static class Interleavings
{
    public static async Task<InterleavingCount> ExploreAsync(IStoreUnderTest store, Exploration exploration, Func<Interleaving, Task> scenario)
    {
        // A context of the test framework would have every turn change threads.
        return await Task.Run(() => ExploreAllAsync(store, exploration, scenario)).ConfigureAwait(false);
    }

    private static async Task<InterleavingCount> ExploreAllAsync(IStoreUnderTest store, Exploration exploration, Func<Interleaving, Task> scenario)
    {
        var participants = new List<Participant>();
        var count = default(InterleavingCount);
        var choices = new Choices();
        var isComplete = false;
        while (!isComplete && count.Interleavings < exploration.Runs)
        {
            count = Plus(count, await TryAsync(choices, exploration.Deviations).ConfigureAwait(false));
            isComplete = !choices.Next();
        }

        if (!isComplete)
        {
            choices = new Choices(new Random(exploration.Seed));
            for (var i = 0; i < exploration.Drawn; i++, choices.Next())
            {
                count = Plus(count, await TryAsync(choices, int.MaxValue).ConfigureAwait(false));
            }
        }

        return count with { IsComplete = isComplete };

        async Task<Interleaving> TryAsync(Choices way, int deviations)
        {
            var interleaving = new Interleaving(store, OpenAsync, way, count.Interleavings + 1, deviations);
            try
            {
                await scenario(interleaving).ConfigureAwait(false);
                return interleaving;
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                await interleaving.AbandonAsync().ConfigureAwait(false);
                throw new SpecFailedException($"{broken.Message}\nIn interleaving {interleaving.Mark}, way {way.Path}:\n  {interleaving.Trace}", broken);
            }
        }

        async Task<Participant> OpenAsync(int number)
        {
            if (number == participants.Count)
            {
                participants.Add(await Participant.OpenAsync(number, store).ConfigureAwait(false));
            }

            return participants[number];
        }
    }

    private static InterleavingCount Plus(InterleavingCount count, Interleaving one) => new(
        count.Interleavings + 1, count.Steps + one.Steps, count.Crashes + (one.Crashes > 0 ? 1 : 0),
        count.LostCommits + (one.LostCommits > 0 ? 1 : 0), count.Blocked + one.Blocked, false);
}
