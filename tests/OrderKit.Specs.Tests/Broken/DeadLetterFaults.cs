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
            "A letter comes out as it was written, whatever its bytes"),
        new("An odd error is refused", Suite, store => store.DeadLetters.Add = (inner, unit, letters) =>
            letters.Any(letter => letter.ErrorText.Contains('\0', StringComparison.Ordinal))
                ? throw new ArgumentException("A text contains the character U+0000.", nameof(letters))
                : inner.AddAsync(unit, letters).AsTask(),
            "The text of an error is no reason to lose a letter"),
        new("A letter dies when the caller says", Suite, store => store.DeadLetters.Query = async (inner, query) =>
            (await inner.QueryAsync(query)) is var page ? page with { Items = page.Items.Each(letter => letter with { DeadAt = InMemoryStoreUnderTest.Start }) } : page,
            "A letter dies by the store's clock"),
        new("Letters are written in a unit of their own", Suite, store => store.DeadLetters.Add = async (inner, unit, letters) =>
        {
            await inner.AddAsync(unit, letters);
            await unit.CommitAsync();
        },
            "A letter of a unit that is rolled back is none"),
        new("A message has one letter", Suite, store =>
        {
            var seen = new HashSet<string>();
            store.DeadLetters.Add = (inner, unit, letters) => inner.AddAsync(unit, [.. letters.Where(letter => seen.Add(letter.MessageId))]).AsTask();
        },
            "One message may die more than once"),
        .. Ignoring("tenant", query => query with { Tenant = null }),
        .. Ignoring("way", query => query with { Flow = null }),
        .. Ignoring("name", query => query with { Name = null }),
        .. Ignoring("lane", query => query with { Lane = null }),
        .. Ignoring("message", query => query with { MessageId = null }),
        .. Ignoring("error", query => query with { ErrorClass = null }),
        .. Ignoring("state", query => query with { State = null }),
        new("There is one page", Suite, store => store.DeadLetters.Query = async (inner, query) => (await inner.QueryAsync(query)) with { Continuation = null },
            "Letters are listed in pages, the lowest number first"),
        new("Any continuation begins anew", Suite, store => store.DeadLetters.Query = (inner, query) => inner.QueryAsync(query with { Continuation = null }).AsTask(),
            "A continuation of nobody's is refused"),
        new("A letter can be closed again", Suite, store => store.DeadLetters.Close = async (inner, unit, number, to, by, note) =>
        {
            await inner.CloseAsync(unit, number, to, by, note);
            return true;
        },
            "A letter is closed once, and who did it is noted",
            "Of racing closers one closes a letter"),
        new("Nobody notes who did it", Suite, store => store.DeadLetters.Acts = (_, _) => Task.FromResult<IReadOnlyList<DeadLetterAct>>([]),
            "A letter is closed once, and who did it is noted"),
        new("A letter is closed in a unit of its own", Suite, store => store.DeadLetters.Close = async (inner, unit, number, to, by, note) =>
        {
            var isClosed = await inner.CloseAsync(unit, number, to, by, note);
            await unit.CommitAsync();
            return isClosed;
        },
            "Closing that is rolled back did not happen"),
        new("A destination and a consumer of one name are one", Suite, store => store.Pauses.Find = (inner, _, name) => inner.FindAsync(MessageFlow.Inbox, name).AsTask(),
            "A destination or consumer is paused once and resumed once, for everybody"),
    ];

    private static IEnumerable<Fault> Ignoring(string part, Func<DeadLetterQuery, DeadLetterQuery> without) =>
    [
        new($"The {part} of a query is ignored", Suite, store => store.DeadLetters.Query = (inner, query) => inner.QueryAsync(without(query)).AsTask(),
            "Letters are found by each part of a query"),
    ];

    private static void Written(BrokenStore store, Func<DeadLetter, DeadLetter> rewrite) =>
        store.DeadLetters.Add = (inner, unit, letters) => inner.AddAsync(unit, letters.Each(rewrite)).AsTask();
}
