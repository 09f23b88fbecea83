using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores of dead letters.</summary>
internal static class DeadLetterFaults
{
    private const string Suite = nameof(DeadLetterStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Bodies are text", Suite, store => Written(store, letter => letter with { Body = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(letter.Body.Span)) }),
            "A dead letter is read back unchanged, whatever its bytes"),
        new("An odd error is refused", Suite, store => store.DeadLetters.Add = (inner, unit, letters) =>
            letters.Any(letter => letter.ErrorText.Contains('\0', StringComparison.Ordinal))
                ? throw new ArgumentException("A text contains the character U+0000.", nameof(letters))
                : inner.AddAsync(unit, letters).AsTask(),
            "A dead letter is stored whatever the text of its error"),
        new("A letter dies when the caller says", Suite, store => store.DeadLetters.Query = async (inner, query) =>
            (await inner.QueryAsync(query)) is var page ? page with { Items = page.Items.Each(letter => letter with { DeadAt = InMemoryStoreUnderTest.Start }) } : page,
            "The time of a dead letter comes from the store's clock"),
        new("Letters are written in a unit of their own", Suite, store => store.DeadLetters.Add = async (inner, unit, letters) =>
        {
            await inner.AddAsync(unit, letters);
            await unit.CommitAsync();
        },
            "A rolled-back unit leaves no dead letter"),
        new("A message has one letter", Suite, store =>
        {
            var seen = new HashSet<string>();
            store.DeadLetters.Add = (inner, unit, letters) => inner.AddAsync(unit, [.. letters.Where(letter => seen.Add(letter.MessageId))]).AsTask();
        },
            "A message may be dead-lettered more than once"),
        .. Ignoring("tenant", query => query with { Tenant = null }),
        .. Ignoring("way", query => query with { Flow = null }),
        .. Ignoring("name", query => query with { Name = null }),
        .. Ignoring("lane", query => query with { Lane = null }),
        .. Ignoring("message", query => query with { MessageId = null }),
        .. Ignoring("error", query => query with { ErrorClass = null }),
        .. Ignoring("state", query => query with { State = null }),
        new("There is one page", Suite, store => store.DeadLetters.Query = async (inner, query) => (await inner.QueryAsync(query)) with { Continuation = null },
            "Dead letters are listed in pages, the lowest number first"),
        new("Any continuation begins anew", Suite, store => store.DeadLetters.Query = (inner, query) => inner.QueryAsync(query with { Continuation = null }).AsTask(),
            "An invalid continuation is refused"),
        new("A letter can be closed again", Suite, store => store.DeadLetters.Close = async (inner, unit, number, to, by, note) =>
        {
            await inner.CloseAsync(unit, number, to, by, note);
            return true;
        },
            "A dead letter is closed once, with its operator",
            "Of racing closers one closes the dead letter"),
        new("Nobody notes who did it", Suite, store => store.DeadLetters.Acts = (_, _) => Task.FromResult<IReadOnlyList<DeadLetterAct>>([]),
            "A dead letter is closed once, with its operator"),
        new("A letter is closed in a unit of its own", Suite, store => store.DeadLetters.Close = async (inner, unit, number, to, by, note) =>
        {
            var isClosed = await inner.CloseAsync(unit, number, to, by, note);
            await unit.CommitAsync();
            return isClosed;
        },
            "A rolled-back close leaves the dead letter open"),
        new("A destination and a consumer of one name are one", Suite, store => store.Pauses.Find = (inner, _, name) => inner.FindAsync(MessageFlow.Inbox, name).AsTask(),
            "A destination or consumer is paused once and resumed once, for everybody"),
    ];

    private static IEnumerable<Fault> Ignoring(string part, Func<DeadLetterQuery, DeadLetterQuery> without) =>
    [
        new($"The {part} of a query is ignored", Suite, store => store.DeadLetters.Query = (inner, query) => inner.QueryAsync(without(query)).AsTask(),
            "Dead letters are filtered by each field of a query"),
    ];

    private static void Written(BrokenStore store, Func<DeadLetter, DeadLetter> rewrite) =>
        store.DeadLetters.Add = (inner, unit, letters) => inner.AddAsync(unit, letters.Each(rewrite)).AsTask();
}
