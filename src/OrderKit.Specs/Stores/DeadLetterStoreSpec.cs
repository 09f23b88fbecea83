using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>The rules that a store of dead letters must keep.</summary>
public static class DeadLetterStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(DeadLetterStoreSpec),
    [
        new("A dead letter is read back unchanged, whatever its bytes", async store =>
        {
            var letter = Letter(store, "a'%_\\ 🙂") with
            {
                Flow = MessageFlow.Inbox, Lane = "lane 'one' 🙂", Type = "类型", Body = new byte[] { 0, 255, 10, 13 }, Attempts = 7,
                ErrorText = "it's \"down\"",
            };
            await AddAsync(store, letter, Letter(store, "b") with { Body = ReadOnlyMemory<byte>.Empty, Lane = "" });
            var found = await ListAsync(store, new DeadLetterQuery());
            Expect.Equal(2, found.Count);
            Alike.Letter(letter, found[0]);
            Alike.Letter(Letter(store, "b") with { Body = ReadOnlyMemory<byte>.Empty, Lane = "" }, found[1]);
            Expect.That(found[1].Number > found[0].Number, "Numbers grow.");
            Expect.That(found.All(dead => dead.State == DeadLetterState.Dead), "A new dead letter must be open.");
            Alike.Letter(letter, (await store.DeadLetters.FindAsync(found[0].Number))!);
            Expect.That(await store.DeadLetters.FindAsync(found[1].Number + 1) is null, "There are two letters.");
        }),
        new("A dead letter is stored whatever the text of its error", async store =>
        {
            await AddAsync(store, Letter(store, "a") with { ErrorText = "half \uD83D, nothing \0, " + new string('x', 10_000) });
            var found = (await ListAsync(store, new DeadLetterQuery())).One();
            Expect.That(found.ErrorText.StartsWith("half ", StringComparison.Ordinal), "The storable part of the text must be kept.");
        }),
        new("The time of a dead letter comes from the store's clock", async store =>
        {
            await AddAsync(store, Letter(store, "a"));
            await store.AdvanceAsync(TimeSpan.FromMinutes(10));
            await AddAsync(store, Letter(store, "b") with { DeadAt = Sample.Noon.AddYears(-10) });
            var found = await ListAsync(store, new DeadLetterQuery());
            var between = found[1].DeadAt - found[0].DeadAt;
            Expect.That(between >= TimeSpan.FromMinutes(10) && between < TimeSpan.FromMinutes(15), "The times must differ by ten minutes.");
        }),
        new("A rolled-back unit leaves no dead letter", async store =>
        {
            await store.InUnitAsync(unit => store.DeadLetters.AddAsync(unit, [Letter(store, "a")]), commit: false);
            Expect.Equal(0, (await ListAsync(store, new DeadLetterQuery { State = null })).Count);
        }),
        new("A message may be dead-lettered more than once", async store =>
        {
            await AddAsync(store, Letter(store, "a"));
            await AddAsync(store, Letter(store, "a"));
            Expect.Equal(2, (await ListAsync(store, new DeadLetterQuery { MessageId = "a" })).Count);
        }),
        new("Dead letters are filtered by each field of a query", async store =>
        {
            await AddAsync(
                store, Letter(store, "plain"), Letter(store, "tenant") with { Tenant = Sample.Neighbour(store) },
                Letter(store, "flow") with { Flow = MessageFlow.Inbox }, Letter(store, "name") with { Name = "Events" },
                Letter(store, "lane") with { Lane = "Lane" }, Letter(store, "class") with { ErrorClass = "JsonException" },
                Letter(store, "closed"));
            var all = await ListAsync(store, new DeadLetterQuery());
            await CloseAsync(store, all[^1].Number);
            await FindsAsync(new DeadLetterQuery { Tenant = Sample.Neighbour(store) }, "tenant");
            await FindsAsync(new DeadLetterQuery { Flow = MessageFlow.Inbox }, "flow");
            await FindsAsync(new DeadLetterQuery { Name = "Events" }, "name");
            await FindsAsync(new DeadLetterQuery { Lane = "Lane" }, "lane");
            await FindsAsync(new DeadLetterQuery { MessageId = "plain" }, "plain");
            await FindsAsync(new DeadLetterQuery { ErrorClass = "JsonException" }, "class");
            await FindsAsync(new DeadLetterQuery { State = DeadLetterState.Discarded }, "closed");
            await FindsAsync(new DeadLetterQuery(), "plain", "tenant", "flow", "name", "lane", "class");
            await FindsAsync(
                new DeadLetterQuery
                {
                    State = null, Name = "events", Lane = "lane", Tenant = store.Tenant, Flow = MessageFlow.Outbox,
                    ErrorClass = "TimeoutException",
                },
                "plain", "closed");

            async Task FindsAsync(DeadLetterQuery query, params string[] ids) =>
                Expect.Sequence(ids, (await ListAsync(store, query)).Select(letter => letter.MessageId));
        }),
        new("Dead letters are listed in pages, the lowest number first", async store =>
        {
            await AddAsync(store, [.. Enumerable.Range(0, 5).Select(i => Letter(store, $"{i}"))]);
            var seen = new List<string>();
            var sizes = new List<int>();
            var query = new DeadLetterQuery { PageSize = 2 };
            while (true)
            {
                var page = await store.DeadLetters.QueryAsync(query);
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
            Expect.That((await store.DeadLetters.QueryAsync(new DeadLetterQuery { PageSize = 5 })).Continuation is null,
                "Five dead letters must fit on a page of five.");
        }),
        new("An invalid continuation is refused", async store =>
        {
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.DeadLetters.QueryAsync(new DeadLetterQuery { Continuation = "x" }).AsTask(),
                "A continuation that is none is refused.");
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.DeadLetters.QueryAsync(new DeadLetterQuery { PageSize = 1_001 }).AsTask(), "A page has 1 to 1,000 rows.");
        }),
        new("A dead letter is closed once, with its operator", async store =>
        {
            await AddAsync(store, Letter(store, "a"), Letter(store, "b"));
            var letters = await ListAsync(store, new DeadLetterQuery());
            Expect.That(await CloseAsync(store, letters[0].Number, DeadLetterState.Discarded, "li", "it's \"test\" data 🙂"), "It is dead.");
            Expect.That(!await CloseAsync(store, letters[0].Number, DeadLetterState.Redriven, "wang", null), "It was already closed.");
            Expect.That(
                !await CloseAsync(store, letters[1].Number + 1, DeadLetterState.Redriven, "wang", null), "There is no such dead letter.");
            Expect.That(await CloseAsync(store, letters[1].Number, DeadLetterState.Redriven, "wang", null), "It is dead.");
            var acts = new[] { (await ActsAsync(0)).One(), (await ActsAsync(1)).One() };
            Expect.Equal(new DeadLetterAct(letters[0].Number, DeadLetterState.Discarded, "li", acts[0].At, "it's \"test\" data 🙂"),
                acts[0]);
            Expect.Equal(new DeadLetterAct(letters[1].Number, DeadLetterState.Redriven, "wang", acts[1].At, null), acts[1]);
            Expect.That(
                acts[0].At >= letters[0].DeadAt && acts[0].At < letters[0].DeadAt.AddMinutes(5), "The action must have the store's time.");
            Expect.Equal(DeadLetterState.Discarded, (await store.DeadLetters.FindAsync(letters[0].Number))!.State);

            async Task<IReadOnlyList<DeadLetterAct>> ActsAsync(int i) => await store.DeadLetters.ActsAsync(letters[i].Number);
        }),
        new("A rolled-back close leaves the dead letter open", async store =>
        {
            await AddAsync(store, Letter(store, "a"));
            var letter = (await ListAsync(store, new DeadLetterQuery())).One();
            await store.InUnitAsync(
                unit => store.DeadLetters.CloseAsync(unit, letter.Number, DeadLetterState.Redriven, "li", null), commit: false);
            Expect.Equal(DeadLetterState.Dead, (await store.DeadLetters.FindAsync(letter.Number))!.State);
            Expect.Equal(0, (await store.DeadLetters.ActsAsync(letter.Number)).Count);
            Expect.That(await CloseAsync(store, letter.Number), "It is dead.");
        }),
        new("Of racing closers one closes the dead letter", async store =>
        {
            await AddAsync(store, Letter(store, "a"));
            var other = await store.OpenAnotherAsync();
            var number = (await ListAsync(store, new DeadLetterQuery())).One().Number;
            var closed = await Acting.RaceAsync(6, racer => CloseAsync(racer % 2 == 0 ? store : other, number));
            Expect.Equal(1, closed.Count(isClosed => isClosed));
            Expect.Equal(1, (await store.DeadLetters.ActsAsync(number)).Count);
        }),
        new("A destination or consumer is paused once and resumed once, for everybody", async store =>
        {
            var other = await store.OpenAnotherAsync();
            Expect.That(await store.Pauses.FindAsync(MessageFlow.Outbox, "events") is null, "Nothing rests at first.");
            Expect.That(await store.Pauses.PauseAsync(MessageFlow.Outbox, "events", "li", "maintenance"), "It was not paused.");
            Expect.That(!await other.Pauses.PauseAsync(MessageFlow.Outbox, "events", "wang", null), "It was already paused.");
            Expect.That(
                await other.Pauses.PauseAsync(MessageFlow.Inbox, "events", "wang", null), "The consumer with that name was not paused.");
            var pause = (await other.Pauses.FindAsync(MessageFlow.Outbox, "events"))!;
            Expect.Equal(new DeliveryPause(MessageFlow.Outbox, "events", "li", pause.Since, "maintenance"), pause);
            Expect.That(await store.Pauses.FindAsync(MessageFlow.Outbox, "Events") is null, "Names are compared byte for byte.");
            Expect.That(await other.Pauses.ResumeAsync(MessageFlow.Outbox, "events"), "It was paused.");
            Expect.That(!await store.Pauses.ResumeAsync(MessageFlow.Outbox, "events"), "It was already resumed.");
            Expect.That(await store.Pauses.FindAsync(MessageFlow.Outbox, "events") is null, "It was resumed.");
            Expect.Equal("wang", (await store.Pauses.FindAsync(MessageFlow.Inbox, "events"))?.By);
        }),
    ]);

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

    private static Task AddAsync(IStoreActor store, params DeadLetter[] letters) =>
        store.InUnitAsync(unit => store.DeadLetters.AddAsync(unit, letters));

    private static async Task<IReadOnlyList<DeadLetter>> ListAsync(IStoreActor store, DeadLetterQuery query) =>
        (await store.DeadLetters.QueryAsync(query)).Items;

    private static Task<bool> CloseAsync(
        IStoreActor store, long number, DeadLetterState to = DeadLetterState.Discarded, string by = "li", string? note = "test data") =>
        store.InUnitAsync(unit => store.DeadLetters.CloseAsync(unit, number, to, by, note));
}
