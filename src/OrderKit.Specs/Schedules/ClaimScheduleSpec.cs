using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Tests operations under every order of claims, leases, crashes, sweeps and clock changes.</summary>
public static class ClaimScheduleSpec
{
    private static readonly TimeSpan LongAfter = TimeSpan.FromDays(30);

    private static readonly OperationPolicy Holding = new() { Lease = OperationDesk.Lease };

    private static readonly OperationPolicy Retrying = Holding with { OnLapse = LapsePolicy.Retry };

    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("Of concurrent requests one is executed, and the others get its result", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new OperationDesk(store, way);
            await desk.JoinAsync();
            await desk.JoinAsync();
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.Equal(0, desk.Failures.Count);
            Expect.Equal(2 - way.Crashes, desk.Answers.Count);
            Expect.That(way.Crashes > 0 || desk.Applied.Count() == 1, "Without a crash exactly one caller must execute it.");
            await AskAgainAsync(desk);
        }),
        new("After a lost commit answer the outcome is looked up before it is reported", async (store, way) =>
        {
            way.MayLoseCommits = 2;
            var desk = new OperationDesk(store, way);
            await desk.JoinAsync();
            await desk.JoinAsync();
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.That(desk.Failures.TrueForAll(failure => failure is CommitOutcomeUnknownException),
                "An unknown outcome must be reported as unknown.");
            Expect.That(desk.Failures.Count <= way.LostCommits, "A known outcome must be reported.");
            await AskAgainAsync(desk);
        }),
        new("A request is executed if its rival rolls back", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new OperationDesk(store, way);
            await desk.JoinAsync(fails: true);
            await desk.JoinAsync();
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.That(desk.Failures.TrueForAll(failure => failure is InvalidOperationException { Message: "The effect fails." }),
                "A claim of another caller must not cause a failure.");
            Expect.That(way.Crashes > 0 || desk.Applied.Any() || desk.Duplicates.Any(), "The other caller must execute it.");
            Expect.That(
                !desk.Answers.OfType<OperationOutcome<string>.Running>().Any(), "An uncommitted claim must not be reported as running.");
            await AskAgainAsync(desk);
        }),
        new("Of concurrent workers one has the effect", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new OperationDesk(store, way);
            await desk.LeaseAsync(Holding);
            await desk.LeaseAsync(Holding);
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.That(desk.EffectsElsewhere <= 1, "A lease must admit one worker.");
            Expect.That(way.Crashes > 0 || desk.Applied.Count() == 1, "Without a crash exactly one worker must execute it.");
            Expect.Equal(0, desk.Failures.Count);

            await store.AdvanceAsync(OperationDesk.Lease);
            _ = await desk.LeaseAgainAsync(Holding);
            Expect.That(desk.EffectsElsewhere <= 1, "An interrupted operation must be held, not restarted.");
        }),
        new("A worker that lost its lease writes nothing", async (store, way) =>
        {
            var desk = new OperationDesk(store, way);
            await desk.LeaseAsync(Retrying);
            await desk.LeaseAsync(Retrying);
            way.Passes(OperationDesk.Lease);
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.Equal(1, await desk.EffectsAsync());
            Expect.Equal(1, desk.DownstreamKeys.Count);
            Expect.That(desk.Failures.TrueForAll(failure => failure is OperationLostException),
                "A worker that lost its claim must be told.");
            Expect.Equal(desk.EffectsElsewhere - 1, desk.Failures.Count);
        }),
        new("A worker with an old claim does not change the row of a new claim", async (store, way) =>
        {
            var desk = new OperationDesk(store, way);
            await desk.LeaseAsync(Retrying);
            await way.AddAsync(async participant =>
            {
                await desk.AnswerAsync(participant, () => desk.LeaseAsync(participant, Retrying));
                await participant.Store.Operations.SweepAsync(10);
                await desk.AnswerAsync(participant, () => desk.LeaseAsync(participant, Retrying));
            });
            way.Passes(OperationDesk.Lease);
            way.Passes(LongAfter);
            await way.RunAsync();

            // It is executed once, and once more after the first result has expired.
            Expect.That(desk.Applied.Count() <= 2, "An operation must be executed once before it expires.");

            // Only workers that executed have written. Workers that lost their claim have not.
            Expect.Equal(desk.Applied.Count(), await desk.EffectsAsync());
            Expect.That(desk.Failures.TrueForAll(failure => failure is OperationLostException),
                "A worker that came too late must be told.");
        }),
        new("The clock of a node neither ends nor prolongs a lease", async (store, way) =>
        {
            var minutes = TimeSpan.FromMinutes(5);
            var desk = new OperationDesk(store, way);
            await desk.LeaseAsync(Retrying, clock: new FakeTimeProvider(Sample.Noon - minutes));
            await desk.LeaseAsync(Retrying, clock: new FakeTimeProvider(Sample.Noon + minutes));
            way.Passes(OperationDesk.Lease / 2);
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.Equal(1, desk.EffectsElsewhere);
            Expect.Equal(0, desk.Failures.Count);
        }),
        new("An operation whose lapsed lease nobody took over can be finished", async (store, way) =>
        {
            var desk = new OperationDesk(store, way);
            await desk.LeaseAsync(Holding);
            way.Passes(OperationDesk.Lease);
            way.Passes(LongAfter);
            await way.RunAsync();

            Expect.Equal(1, desk.Applied.Count());
            Expect.Equal(1, await desk.EffectsAsync());
        }),
        new("An operation whose lease lapses while it finishes is finished or held, never both", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new OperationDesk(store, way);
            await desk.LeaseAsync(Holding);
            await desk.LeaseAsync(Holding);
            way.Passes(OperationDesk.Lease);
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.That(desk.EffectsElsewhere <= 1, "A held operation must not be started by another worker.");
            var row = await store.Operations.FindAsync(desk.Key);
            var isHeld = desk.Answers.OfType<OperationOutcome<string>.Held>().Any();
            Expect.Equal(row?.State == OperationState.Succeeded, await desk.EffectsAsync() == 1);
            Expect.That(
                !isHeld || row is { State: OperationState.Unknown },
                    "An operation reported as held must stay unknown until it is resolved.");
            Expect.That(
                desk.Failures.TrueForAll(failure => failure is OperationLostException)
                    && (isHeld || way.Crashes > 0 || desk.Failures.Count == 0),
                "A worker that finishes a held operation must be told.");
        }),
        new("An expiring result is returned or replaced once", async (store, way) =>
        {
            var brief = new OperationPolicy { SuccessRetention = TimeSpan.FromMinutes(1) };
            var desk = new OperationDesk(store, way);
            Expect.That(await desk.JoinAgainAsync(brief) is OperationOutcome<string>.Applied, "The first request must be executed.");
            await desk.JoinAsync(policy: brief);
            await desk.JoinAsync(policy: brief);
            await way.AddAsync(async participant => await participant.Store.Operations.SweepAsync(10));
            way.Passes(brief.SuccessRetention);
            await way.RunAsync();

            Expect.Equal(0, desk.Failures.Count);
            Expect.Equal(2, desk.Answers.Count);
            Expect.That(desk.Applied.Count() <= 1, "An expired operation must be executed again at most once.");
            Expect.Equal(1 + desk.Applied.Count(), await desk.EffectsAsync());
            Expect.That(
                desk.Applied.All(done => desk.Duplicates.All(answer => answer.Result == done.Result || answer.Result == "result 1")),
                "The old result must be returned until it expires, and the new result after that.");
        }),
        new("Sweepers remove only expired operations, each once", async (store, way) =>
        {
            await store.Operations.SweepAsync(100);
            var swept = 0;
            var desk = new OperationDesk(store, way);
            var service = desk.Service(store);
            for (var i = 0; i < 3; i++)
            {
                await service.RunAsync(new OperationKey(store.Tenant, "old", $"{way.Mark}-{i}"), OperationDesk.Print(), ResultCodec.None,
                    static (_, _) => Task.FromResult(true));
            }

            await store.AdvanceAsync(LongAfter);
            await desk.LeaseAsync(Holding);
            for (var i = 0; i < 2; i++)
            {
                await way.AddAsync(async participant =>
                {
                    var count = await participant.Store.Operations.SweepAsync(2);
                    swept += count;
                });
            }

            way.Passes(LongAfter);
            await way.RunAsync();

            Expect.Equal(1, desk.Applied.Count());
            await store.AdvanceAsync(LongAfter);
            swept += await store.Operations.SweepAsync(100);
            Expect.Equal(4, swept);
        }),
        new("A request with the same key and different content gets a mismatch, whatever happens to the first", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new OperationDesk(store, way);
            await desk.LeaseAsync(Holding);
            await desk.LeaseAsync(Holding, content: "another");
            way.Passes(OperationDesk.Lease);
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.That(desk.EffectsElsewhere <= 1, "At most one of the two contents may be executed.");
            Expect.Equal(0, desk.Failures.Count);
            Expect.That(
                way.Crashes > 0 || (desk.Applied.Count() == 1 && desk.Answers.OfType<OperationOutcome<string>.Mismatch>().Count() == 1),
                "A request with different content must get a mismatch, whatever the state of the first.");
            Expect.That(desk.Answers.OfType<OperationOutcome<string>.Mismatch>().All(answer => answer.Fields.SequenceEqual(["content"])),
                "A mismatch must name the fields that differ.");
        }),
        new("Asking a resolver about an interrupted operation executes it once", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new OperationDesk(store, way);
            var asking = Holding with
            {
                OnLapse = LapsePolicy.Resolve,
                Resolver = (_, _) => Task.FromResult<Resolution>(
                    desk.EffectsElsewhere > 0 ? new Resolution.Done("resolved"u8.ToArray()) : new Resolution.NotDone()),
            };
            await desk.LeaseAsync(asking);
            await desk.LeaseAsync(asking);
            await way.RunAsync();

            // The resolver is asked only after the lease has ended, because a running worker might still cause the effect.
            await store.AdvanceAsync(OperationDesk.Lease);
            var last = await desk.LeaseAgainAsync(asking);
            Expect.That(last is OperationOutcome<string>.Applied or OperationOutcome<string>.Duplicate,
                $"In the end it must be executed, but the answer is {last}.");
            Expect.Equal(1, desk.EffectsElsewhere);
        }),
    ];

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(ClaimScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    private static async Task AskAgainAsync(OperationDesk desk)
    {
        var again = await desk.JoinAgainAsync();
        Expect.That(
            again is OperationOutcome<string>.Applied or OperationOutcome<string>.Duplicate, "A repeated request must find it executed.");
        Expect.Equal(1, await desk.EffectsAsync());
        Expect.That(desk.Applied.All(first => again is OperationOutcome<string>.Duplicate duplicate && duplicate.Result == first.Result),
            "A repeated request must get the first result.");
    }
}
