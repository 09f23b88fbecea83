using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>What the store of dead letters keeps.</summary>
public static class DeadLetterStoreSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A letter comes out as it was written, whatever its bytes", ALetterComesOutAsItWasWrittenAsync),
        new("The text of an error is no reason to lose a letter", TheTextOfAnErrorIsNoReasonToLoseALetterAsync),
        new("A letter dies by the store's clock", ALetterDiesByTheStoresClockAsync),
        new("A letter of a unit that is rolled back is none", ALetterOfAUnitThatIsRolledBackIsNoneAsync),
        new("One message may die more than once", OneMessageMayDieMoreThanOnceAsync),
        new("Letters are found by each part of a query", LettersAreFoundByEachPartOfAQueryAsync),
        new("Letters are listed in pages, the lowest number first", LettersAreListedInPagesAsync),
        new("A continuation of nobody's is refused", AContinuationOfNobodysIsRefusedAsync),
        new("A letter is closed once, and who did it is noted", ALetterIsClosedOnceAndWhoDidItIsNotedAsync),
        new("Closing that is rolled back did not happen", ClosingThatIsRolledBackDidNotHappenAsync),
        new("Of racing closers one closes a letter", OfRacingClosersOneClosesALetterAsync),
        new("A destination or consumer is paused once and resumed once, for everybody", APauseIsForEverybodyAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(DeadLetterStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task ALetterComesOutAsItWasWrittenAsync(IStoreUnderTest store)
    {
        var letter = Letter(store, "a'%_\\ 🙂") with
        {
            Flow = MessageFlow.Inbox, Lane = "lane 'one' 🙂", Type = "类型", Body = new byte[] { 0, 255, 10, 13 }, Attempts = 7, ErrorText = "it's \"down\"",
        };
        await AddAsync(store, letter, Letter(store, "b") with { Body = ReadOnlyMemory<byte>.Empty, Lane = "" }).ConfigureAwait(false);
        var found = await ListAsync(store, new DeadLetterQuery()).ConfigureAwait(false);
        Expect.Equal(2, found.Count);
        Alike.Letter(letter, found[0]);
        Alike.Letter(Letter(store, "b") with { Body = ReadOnlyMemory<byte>.Empty, Lane = "" }, found[1]);
        Expect.That(found[1].Number > found[0].Number, "Numbers grow.");
        Expect.That(found.All(dead => dead.State == DeadLetterState.Dead), "A letter is dead at first.");
        Alike.Letter(letter, (await store.DeadLetters.FindAsync(found[0].Number).ConfigureAwait(false))!);
        Expect.That(await store.DeadLetters.FindAsync(found[1].Number + 1).ConfigureAwait(false) is null, "There are two letters.");
    }

    private static async Task TheTextOfAnErrorIsNoReasonToLoseALetterAsync(IStoreUnderTest store)
    {
        await AddAsync(store, Letter(store, "a") with { ErrorText = "half \uD83D, nothing \0, " + new string('x', 10_000) }).ConfigureAwait(false);
        var found = (await ListAsync(store, new DeadLetterQuery()).ConfigureAwait(false)).One();
        Expect.That(found.ErrorText.StartsWith("half ", StringComparison.Ordinal), "What can be kept of the text is kept.");
    }

    private static async Task ALetterDiesByTheStoresClockAsync(IStoreUnderTest store)
    {
        await AddAsync(store, Letter(store, "a")).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        await AddAsync(store, Letter(store, "b") with { DeadAt = Sample.Noon.AddYears(-10) }).ConfigureAwait(false);
        var found = await ListAsync(store, new DeadLetterQuery()).ConfigureAwait(false);
        var between = found[1].DeadAt - found[0].DeadAt;
        Expect.That(between >= TimeSpan.FromMinutes(10) && between < TimeSpan.FromMinutes(15), "Ten minutes lie between the two.");
    }

    private static async Task ALetterOfAUnitThatIsRolledBackIsNoneAsync(IStoreUnderTest store)
    {
        await store.InUnitAsync(
            async unit =>
            {
                await store.DeadLetters.AddAsync(unit, [Letter(store, "a")]).ConfigureAwait(false);
                return 0;
            },
            commit: false).ConfigureAwait(false);
        Expect.Equal(0, (await ListAsync(store, new DeadLetterQuery { State = null }).ConfigureAwait(false)).Count);
    }

    private static async Task OneMessageMayDieMoreThanOnceAsync(IStoreUnderTest store)
    {
        await AddAsync(store, Letter(store, "a")).ConfigureAwait(false);
        await AddAsync(store, Letter(store, "a")).ConfigureAwait(false);
        Expect.Equal(2, (await ListAsync(store, new DeadLetterQuery { MessageId = "a" }).ConfigureAwait(false)).Count);
    }

    private static async Task LettersAreFoundByEachPartOfAQueryAsync(IStoreUnderTest store)
    {
        await AddAsync(
            store,
            Letter(store, "plain"),
            Letter(store, "tenant") with { Tenant = Sample.Neighbour(store) },
            Letter(store, "flow") with { Flow = MessageFlow.Inbox },
            Letter(store, "name") with { Name = "Events" },
            Letter(store, "lane") with { Lane = "Lane" },
            Letter(store, "class") with { ErrorClass = "JsonException" },
            Letter(store, "closed")).ConfigureAwait(false);
        var all = await ListAsync(store, new DeadLetterQuery()).ConfigureAwait(false);
        await CloseAsync(store, all[^1].Number).ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { Tenant = Sample.Neighbour(store) }, "tenant").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { Flow = MessageFlow.Inbox }, "flow").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { Name = "Events" }, "name").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { Lane = "Lane" }, "lane").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { MessageId = "plain" }, "plain").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { ErrorClass = "JsonException" }, "class").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { State = DeadLetterState.Discarded }, "closed").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery(), "plain", "tenant", "flow", "name", "lane", "class").ConfigureAwait(false);
        await FindsAsync(new DeadLetterQuery { State = null, Name = "events", Lane = "lane", Tenant = store.Tenant, Flow = MessageFlow.Outbox, ErrorClass = "TimeoutException" }, "plain", "closed").ConfigureAwait(false);

        async Task FindsAsync(DeadLetterQuery query, params string[] ids) =>
            Expect.Sequence(ids, (await ListAsync(store, query).ConfigureAwait(false)).Select(letter => letter.MessageId));
    }

    private static async Task LettersAreListedInPagesAsync(IStoreUnderTest store)
    {
        await AddAsync(store, [.. Enumerable.Range(0, 5).Select(i => Letter(store, $"{i}"))]).ConfigureAwait(false);
        var seen = new List<string>();
        var sizes = new List<int>();
        var query = new DeadLetterQuery { PageSize = 2 };
        while (true)
        {
            var page = await store.DeadLetters.QueryAsync(query).ConfigureAwait(false);
            seen.AddRange(page.Items.Select(letter => letter.MessageId));
            sizes.Add(page.Items.Count);
            if (page.Continuation is null)
            {
                break;
            }

            query = query with { Continuation = page.Continuation };
        }

        Expect.Sequence(["0", "1", "2", "3", "4"], seen);
        Expect.Sequence([2, 2, 1], sizes);
        Expect.That((await store.DeadLetters.QueryAsync(new DeadLetterQuery { PageSize = 5 }).ConfigureAwait(false)).Continuation is null, "Five letters fit on a page of five.");
    }

    private static async Task AContinuationOfNobodysIsRefusedAsync(IStoreUnderTest store)
    {
        await Expect.ThrowsAsync<ArgumentException>(
            () => store.DeadLetters.QueryAsync(new DeadLetterQuery { Continuation = "x" }).AsTask(), "A continuation that is none is refused.").ConfigureAwait(false);
        await Expect.ThrowsAsync<ArgumentException>(
            () => store.DeadLetters.QueryAsync(new DeadLetterQuery { PageSize = 1_001 }).AsTask(), "A page has 1 to 1,000 rows.").ConfigureAwait(false);
    }

    private static async Task ALetterIsClosedOnceAndWhoDidItIsNotedAsync(IStoreUnderTest store)
    {
        await AddAsync(store, Letter(store, "a"), Letter(store, "b")).ConfigureAwait(false);
        var letters = await ListAsync(store, new DeadLetterQuery()).ConfigureAwait(false);
        Expect.That(await CloseAsync(store, letters[0].Number, DeadLetterState.Discarded, "li", "it's \"test\" data 🙂").ConfigureAwait(false), "It is dead.");
        Expect.That(!await CloseAsync(store, letters[0].Number, DeadLetterState.Redriven, "wang", null).ConfigureAwait(false), "It was closed before.");
        Expect.That(!await CloseAsync(store, letters[1].Number + 1, DeadLetterState.Redriven, "wang", null).ConfigureAwait(false), "There is no such letter.");
        Expect.That(await CloseAsync(store, letters[1].Number, DeadLetterState.Redriven, "wang", null).ConfigureAwait(false), "It is dead.");
        var acts = new[] { (await ActsAsync(0).ConfigureAwait(false)).One(), (await ActsAsync(1).ConfigureAwait(false)).One() };
        Expect.Equal(new DeadLetterAct(letters[0].Number, DeadLetterState.Discarded, "li", acts[0].At, "it's \"test\" data 🙂"), acts[0]);
        Expect.Equal(new DeadLetterAct(letters[1].Number, DeadLetterState.Redriven, "wang", acts[1].At, null), acts[1]);
        Expect.That(acts[0].At >= letters[0].DeadAt && acts[0].At < letters[0].DeadAt.AddMinutes(5), "An act is noted with the store's time.");
        Expect.Equal(DeadLetterState.Discarded, (await store.DeadLetters.FindAsync(letters[0].Number).ConfigureAwait(false))!.State);

        async Task<IReadOnlyList<DeadLetterAct>> ActsAsync(int i) => await store.DeadLetters.ActsAsync(letters[i].Number).ConfigureAwait(false);
    }

    private static async Task ClosingThatIsRolledBackDidNotHappenAsync(IStoreUnderTest store)
    {
        await AddAsync(store, Letter(store, "a")).ConfigureAwait(false);
        var letter = (await ListAsync(store, new DeadLetterQuery()).ConfigureAwait(false)).One();
        await store.InUnitAsync(unit => store.DeadLetters.CloseAsync(unit, letter.Number, DeadLetterState.Redriven, "li", null), commit: false).ConfigureAwait(false);
        Expect.Equal(DeadLetterState.Dead, (await store.DeadLetters.FindAsync(letter.Number).ConfigureAwait(false))!.State);
        Expect.Equal(0, (await store.DeadLetters.ActsAsync(letter.Number).ConfigureAwait(false)).Count);
        Expect.That(await CloseAsync(store, letter.Number).ConfigureAwait(false), "It is dead.");
    }

    private static async Task OfRacingClosersOneClosesALetterAsync(IStoreUnderTest store)
    {
        await AddAsync(store, Letter(store, "a")).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var number = (await ListAsync(store, new DeadLetterQuery()).ConfigureAwait(false)).One().Number;
        var closed = await Acting.RaceAsync(6, racer => CloseAsync(racer % 2 == 0 ? store : other, number)).ConfigureAwait(false);
        Expect.Equal(1, closed.Count(isClosed => isClosed));
        Expect.Equal(1, (await store.DeadLetters.ActsAsync(number).ConfigureAwait(false)).Count);
    }

    private static async Task APauseIsForEverybodyAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        Expect.That(await store.Pauses.FindAsync(MessageFlow.Outbox, "events").ConfigureAwait(false) is null, "Nothing rests at first.");
        Expect.That(await store.Pauses.PauseAsync(MessageFlow.Outbox, "events", "li", "maintenance").ConfigureAwait(false), "It did not rest.");
        Expect.That(!await other.Pauses.PauseAsync(MessageFlow.Outbox, "events", "wang", null).ConfigureAwait(false), "It rests already.");
        Expect.That(await other.Pauses.PauseAsync(MessageFlow.Inbox, "events", "wang", null).ConfigureAwait(false), "The consumer of that name did not rest.");
        var pause = (await other.Pauses.FindAsync(MessageFlow.Outbox, "events").ConfigureAwait(false))!;
        Expect.Equal(new DeliveryPause(MessageFlow.Outbox, "events", "li", pause.Since, "maintenance"), pause);
        Expect.That(await store.Pauses.FindAsync(MessageFlow.Outbox, "Events").ConfigureAwait(false) is null, "Names are compared byte for byte.");
        Expect.That(await other.Pauses.ResumeAsync(MessageFlow.Outbox, "events").ConfigureAwait(false), "It rested.");
        Expect.That(!await store.Pauses.ResumeAsync(MessageFlow.Outbox, "events").ConfigureAwait(false), "It was resumed before.");
        Expect.That(await store.Pauses.FindAsync(MessageFlow.Outbox, "events").ConfigureAwait(false) is null, "It was resumed.");
        Expect.Equal("wang", (await store.Pauses.FindAsync(MessageFlow.Inbox, "events").ConfigureAwait(false))?.By);
    }

    private static DeadLetter Letter(IStoreUnderTest store, string id) => new()
    {
        Flow = MessageFlow.Outbox,
        Name = "events",
        Tenant = store.Tenant,
        MessageId = id,
        Lane = "lane",
        Type = "order",
        Body = new byte[] { 1, 2, 3 },
        ErrorClass = "TimeoutException",
        ErrorText = "No answer.",
        Attempts = 3,
        FirstAt = Sample.Noon,
    };

    private static Task<int> AddAsync(IStoreActor store, params DeadLetter[] letters) => store.InUnitAsync(async unit =>
    {
        await store.DeadLetters.AddAsync(unit, letters).ConfigureAwait(false);
        return 0;
    });

    private static async Task<IReadOnlyList<DeadLetter>> ListAsync(IStoreActor store, DeadLetterQuery query) =>
        (await store.DeadLetters.QueryAsync(query).ConfigureAwait(false)).Items;

    private static Task<bool> CloseAsync(
        IStoreActor store, long number, DeadLetterState to = DeadLetterState.Discarded, string by = "li", string? note = "test data") =>
        store.InUnitAsync(unit => store.DeadLetters.CloseAsync(unit, number, to, by, note));
}
