using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Who gets an operation, and what of it remains, in whatever order claims, leases, crashes, sweeps and the clock come.</summary>
public static class ClaimScheduleSpec
{
    private static readonly TimeSpan LongAfter = TimeSpan.FromDays(30);

    private static readonly OperationPolicy Holding = new() { Lease = OperationDesk.Lease };

    private static readonly OperationPolicy Retrying = Holding with { OnLapse = LapsePolicy.Retry };

    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("Of requests that come at once one is executed, and every other hears of it", RequestsAtOnceAsync),
        new("A commit whose answer is lost is looked up before anything is told", LostCommitsAsync),
        new("A request whose rival rolls back is executed itself", RivalRollsBackAsync),
        new("Of workers that come at once one has the effect", WorkersAtOnceAsync),
        new("A worker that was overtaken writes nothing", OvertakenAsync),
        new("A worker of long ago does not take the row of today for its own", OldWorkerAsync),
        new("A node's own clock neither ends a lease nor prolongs it", NodeClocksAsync),
        new("A lapsed lease that nobody took over is finished", LateFinishAsync),
        new("A lease that lapses beside its finish is finished or held, and never both", LapseBesideFinishAsync),
        new("An answer that expires is given again or replaced, and never by two", ExpiryAsync),
        new("Sweepers take what has expired, once, and nothing that runs", SweepersAsync),
        new("Another content under the same key is told so, whatever happens to the first", MismatchAsync),
        new("Whoever asks what became of an interrupted operation has it done once", ResolvedAsync),
    ];

    /// <summary>The scenarios as cases.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases => Suite.Cases;

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(ClaimScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    /// <summary>Tries one case on a store that is opened for it.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static Task<InterleavingCount> RequestsAtOnceAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new OperationDesk(store, way);
        await desk.JoinAsync().ConfigureAwait(false);
        await desk.JoinAsync().ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.Equal(0, desk.Failures.Count);
        Expect.Equal(2 - way.Crashes, desk.Answers.Count);
        Expect.That(way.Crashes > 0 || desk.Applied.Count() == 1, "Where nobody crashed one caller did it.");
        await AskAgainAsync(desk).ConfigureAwait(false);
    });

    private static Task<InterleavingCount> LostCommitsAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayLoseCommits = 2;
        var desk = new OperationDesk(store, way);
        await desk.JoinAsync().ConfigureAwait(false);
        await desk.JoinAsync().ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.That(desk.Failures.TrueForAll(failure => failure is CommitOutcomeUnknownException), "Who cannot know says so, and says nothing else.");
        Expect.That(desk.Failures.Count <= way.LostCommits, "Who can know says what is so.");
        await AskAgainAsync(desk).ConfigureAwait(false);
    });

    private static Task<InterleavingCount> RivalRollsBackAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new OperationDesk(store, way);
        await desk.JoinAsync(fails: true).ConfigureAwait(false);
        await desk.JoinAsync().ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.That(desk.Failures.TrueForAll(failure => failure is InvalidOperationException { Message: "The effect fails." }), "Nobody fails of another one's claim.");
        Expect.That(way.Crashes > 0 || desk.Applied.Any() || desk.Duplicates.Any(), "The other one has it done.");
        Expect.That(!desk.Answers.OfType<OperationOutcome<string>.Running>().Any(), "A claim that is not committed makes nobody wait for a worker.");
        await AskAgainAsync(desk).ConfigureAwait(false);
    });

    private static Task<InterleavingCount> WorkersAtOnceAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new OperationDesk(store, way);
        await desk.LeaseAsync(Holding).ConfigureAwait(false);
        await desk.LeaseAsync(Holding).ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.That(desk.EffectsElsewhere <= 1, "A lease lets one worker act.");
        Expect.That(way.Crashes > 0 || desk.Applied.Count() == 1, "Where nobody crashed one worker did it.");
        Expect.Equal(0, desk.Failures.Count);

        await store.AdvanceAsync(OperationDesk.Lease).ConfigureAwait(false);
        _ = await desk.LeaseAgainAsync(Holding).ConfigureAwait(false);
        Expect.That(desk.EffectsElsewhere <= 1, "An interrupted operation is held, and not begun again.");
    });

    private static Task<InterleavingCount> OvertakenAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var desk = new OperationDesk(store, way);
        await desk.LeaseAsync(Retrying).ConfigureAwait(false);
        await desk.LeaseAsync(Retrying).ConfigureAwait(false);
        way.Passes(OperationDesk.Lease);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.Equal(1, await desk.EffectsAsync().ConfigureAwait(false));
        Expect.Equal(1, desk.DownstreamKeys.Count);
        Expect.That(desk.Failures.TrueForAll(failure => failure is OperationLostException), "Who was overtaken is told so.");
        Expect.Equal(desk.EffectsElsewhere - 1, desk.Failures.Count);
    });

    private static Task<InterleavingCount> OldWorkerAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var desk = new OperationDesk(store, way);
        await desk.LeaseAsync(Retrying).ConfigureAwait(false);
        await way.AddAsync(async participant =>
        {
            await desk.AnswerAsync(participant, () => desk.LeaseAsync(participant, Retrying)).ConfigureAwait(false);
            await participant.Store.Operations.SweepAsync(10).ConfigureAwait(false);
            await desk.AnswerAsync(participant, () => desk.LeaseAsync(participant, Retrying)).ConfigureAwait(false);
        }).ConfigureAwait(false);
        way.Passes(OperationDesk.Lease);
        way.Passes(LongAfter);
        await way.RunAsync().ConfigureAwait(false);

        // It is done once, and once more when the answer of before has expired.
        Expect.That(desk.Applied.Count() <= 2, "What one life of a row has seen done, is not done again in it.");

        // Each answer of its own epoch: whoever executed wrote, and whoever was overtaken or outlived did not.
        Expect.Equal(desk.Applied.Count(), await desk.EffectsAsync().ConfigureAwait(false));
        Expect.That(desk.Failures.TrueForAll(failure => failure is OperationLostException), "Who came too late is told so.");
    });

    private static Task<InterleavingCount> NodeClocksAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var minutes = TimeSpan.FromMinutes(5);
        var desk = new OperationDesk(store, way);
        await desk.LeaseAsync(Retrying, clock: new FakeTimeProvider(Sample.Noon - minutes)).ConfigureAwait(false);
        await desk.LeaseAsync(Retrying, clock: new FakeTimeProvider(Sample.Noon + minutes)).ConfigureAwait(false);
        way.Passes(OperationDesk.Lease / 2);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.Equal(1, desk.EffectsElsewhere);
        Expect.Equal(0, desk.Failures.Count);
    });

    private static Task<InterleavingCount> LateFinishAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var desk = new OperationDesk(store, way);
        await desk.LeaseAsync(Holding).ConfigureAwait(false);
        way.Passes(OperationDesk.Lease);
        way.Passes(LongAfter);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Equal(1, desk.Applied.Count());
        Expect.Equal(1, await desk.EffectsAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> LapseBesideFinishAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new OperationDesk(store, way);
        await desk.LeaseAsync(Holding).ConfigureAwait(false);
        await desk.LeaseAsync(Holding).ConfigureAwait(false);
        way.Passes(OperationDesk.Lease);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.That(desk.EffectsElsewhere <= 1, "A held operation is not begun by another worker.");
        var row = await store.Operations.FindAsync(desk.Key).ConfigureAwait(false);
        var isHeld = desk.Answers.OfType<OperationOutcome<string>.Held>().Any();
        Expect.Equal(row?.State == OperationState.Succeeded, await desk.EffectsAsync().ConfigureAwait(false) == 1);
        Expect.That(!isHeld || row is { State: OperationState.Unknown }, "What somebody was told is held, stays so until somebody says what became of it.");
        Expect.That(desk.Failures.TrueForAll(failure => failure is OperationLostException) && (isHeld || way.Crashes > 0 || desk.Failures.Count == 0), "Who finishes what is held is told so.");
    });

    private static Task<InterleavingCount> ExpiryAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var brief = new OperationPolicy { SuccessRetention = TimeSpan.FromMinutes(1) };
        var desk = new OperationDesk(store, way);
        Expect.That(await desk.JoinAgainAsync(brief).ConfigureAwait(false) is OperationOutcome<string>.Applied, "The first request is executed.");
        await desk.JoinAsync(policy: brief).ConfigureAwait(false);
        await desk.JoinAsync(policy: brief).ConfigureAwait(false);
        await way.AddAsync(async participant => await participant.Store.Operations.SweepAsync(10).ConfigureAwait(false)).ConfigureAwait(false);
        way.Passes(brief.SuccessRetention);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Equal(0, desk.Failures.Count);
        Expect.Equal(2, desk.Answers.Count);
        Expect.That(desk.Applied.Count() <= 1, "What has expired is done again by one.");
        Expect.Equal(1 + desk.Applied.Count(), await desk.EffectsAsync().ConfigureAwait(false));
        Expect.That(desk.Applied.All(done => desk.Duplicates.All(answer => answer.Result == done.Result || answer.Result == "result 1")), "The answer of before is given until it expires, and the answer of now after that.");
    });

    private static Task<InterleavingCount> SweepersAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        await store.Operations.SweepAsync(100).ConfigureAwait(false);
        var swept = 0;
        var desk = new OperationDesk(store, way);
        var service = desk.Service(store);
        for (var i = 0; i < 3; i++)
        {
            await service.RunAsync(new OperationKey(store.Tenant, "old", $"{way.Mark}-{i}"), OperationDesk.Print(), ResultCodec.None, static (_, _) => Task.FromResult(true)).ConfigureAwait(false);
        }

        await store.AdvanceAsync(LongAfter).ConfigureAwait(false);
        await desk.LeaseAsync(Holding).ConfigureAwait(false);
        for (var i = 0; i < 2; i++)
        {
            await way.AddAsync(async participant =>
            {
                var count = await participant.Store.Operations.SweepAsync(2).ConfigureAwait(false);
                swept += count;
            }).ConfigureAwait(false);
        }

        way.Passes(LongAfter);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Equal(1, desk.Applied.Count());
        await store.AdvanceAsync(LongAfter).ConfigureAwait(false);
        swept += await store.Operations.SweepAsync(100).ConfigureAwait(false);
        Expect.Equal(4, swept);
    });

    private static Task<InterleavingCount> MismatchAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new OperationDesk(store, way);
        await desk.LeaseAsync(Holding).ConfigureAwait(false);
        await desk.LeaseAsync(Holding, content: "another").ConfigureAwait(false);
        way.Passes(OperationDesk.Lease);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.That(desk.EffectsElsewhere <= 1, "One of the two contents is done.");
        Expect.Equal(0, desk.Failures.Count);
        Expect.That(way.Crashes > 0 || (desk.Applied.Count() == 1 && desk.Answers.OfType<OperationOutcome<string>.Mismatch>().Count() == 1), "Who asks for something else is told so, also while the first runs, is lapsed or done.");
        Expect.That(desk.Answers.OfType<OperationOutcome<string>.Mismatch>().All(answer => answer.Fields.SequenceEqual(["content"])), "The fields that differ are named.");
    });

    private static Task<InterleavingCount> ResolvedAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new OperationDesk(store, way);
        var asking = Holding with
        {
            OnLapse = LapsePolicy.Resolve,
            Resolver = (_, _) => Task.FromResult<Resolution>(desk.EffectsElsewhere > 0 ? new Resolution.Done("resolved"u8.ToArray()) : new Resolution.NotDone()),
        };
        await desk.LeaseAsync(asking).ConfigureAwait(false);
        await desk.LeaseAsync(asking).ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        // Who asks while the worker of now still acts would be told of an effect that is about to happen: the provider is asked once the lease is over.
        await store.AdvanceAsync(OperationDesk.Lease).ConfigureAwait(false);
        var last = await desk.LeaseAgainAsync(asking).ConfigureAwait(false);
        Expect.That(last is OperationOutcome<string>.Applied or OperationOutcome<string>.Duplicate, $"In the end it is done, and the answer is not {last}.");
        Expect.Equal(1, desk.EffectsElsewhere);
    });

    private static async Task AskAgainAsync(OperationDesk desk)
    {
        var again = await desk.JoinAgainAsync().ConfigureAwait(false);
        Expect.That(again is OperationOutcome<string>.Applied or OperationOutcome<string>.Duplicate, "Who asks again has it done.");
        Expect.Equal(1, await desk.EffectsAsync().ConfigureAwait(false));
        Expect.That(desk.Applied.All(first => again is OperationOutcome<string>.Duplicate duplicate && duplicate.Result == first.Result), "Who asks again hears the first result.");
    }
}
