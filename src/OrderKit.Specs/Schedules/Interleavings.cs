namespace OrderKit.Specs;

/// <summary>Runs a scenario in every order of its steps, up to a limit.</summary>
internal static class Interleavings
{
    public static async Task<InterleavingCount> ExploreAsync(
        IStoreUnderTest store, Exploration exploration, Func<Interleaving, Task> scenario)
    {
        var participants = new List<Participant>();
        var count = default(InterleavingCount);
        var choices = new Choices();
        var isComplete = false;
        while (!isComplete && count.Interleavings < exploration.Runs)
        {
            count = Plus(count, await TryAsync(choices, exploration.Deviations));
            isComplete = !choices.Next();
        }

        if (!isComplete)
        {
            choices = new Choices(new Random(exploration.Seed));
            for (var i = 0; i < exploration.Drawn; i++, choices.Next())
            {
                count = Plus(count, await TryAsync(choices, int.MaxValue));
            }
        }

        return count with { IsComplete = isComplete };

        async Task<Interleaving> TryAsync(Choices way, int deviations)
        {
            var interleaving = new Interleaving(store, OpenAsync, way, count.Interleavings + 1, deviations);
            try
            {
                await scenario(interleaving);
                return interleaving;
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                await interleaving.AbandonAsync();
                throw new SpecFailedException(
                    $"{broken.Message}\nIn interleaving {interleaving.Mark}, way {way.Path}:\n  {interleaving.Trace}", broken);
            }
        }

        async Task<Participant> OpenAsync(int number)
        {
            if (number == participants.Count)
            {
                participants.Add(await Participant.OpenAsync(number, store));
            }

            return participants[number];
        }
    }

    private static InterleavingCount Plus(InterleavingCount count, Interleaving one) => new(
        count.Interleavings + 1, count.Steps + one.Steps, count.Crashes + (one.Crashes > 0 ? 1 : 0),
        count.LostCommits + (one.LostCommits > 0 ? 1 : 0), count.Blocked + one.Blocked, false);
}
