using System.Text;
using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>What the quarantine keeps.</summary>
public static class QuarantineStoreSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A message is kept as it came", AMessageIsKeptAsItCameAsync),
        new("A message is kept once for each reason", AMessageIsKeptOnceForEachReasonAsync),
        new("A message of a unit that is rolled back was never kept", AMessageOfAUnitThatIsRolledBackWasNeverKeptAsync),
        new("A message is decided once", AMessageIsDecidedOnceAsync),
        new("A list holds what was asked for, page by page", AListHoldsWhatWasAskedForAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(QuarantineStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task AMessageIsKeptAsItCameAsync(IStoreUnderTest store)
    {
        byte[] content = [0, 255, 10, .. Encoding.UTF8.GetBytes("金额 🙂")];
        await AddAsync(store, Message(store, "1") with { Content = content, Detail = "half a pair: \uD83D" }).ConfigureAwait(false);
        var kept = (await ListAsync(store).ConfigureAwait(false)).Single();
        Expect.Sequence(content, kept.Content.ToArray());
        Expect.That(kept is { Source: "alipay", MessageId: "1", Reason: "amount-differs", State: QuarantineState.Waiting, Operator: null, Note: null, DecidedAt: null }, $"It is as it came: {kept}");
        Expect.That(kept.Number > 0 && kept.ReceivedAt > Sample.Noon.AddYears(-1), "It has a number and an instant.");
        Expect.Equal(kept.Number, (await store.Quarantine.FindAsync(kept.Number).ConfigureAwait(false))?.Number);
        Expect.Equal(null, await store.Quarantine.FindAsync(kept.Number + 1).ConfigureAwait(false));
    }

    private static async Task AMessageIsKeptOnceForEachReasonAsync(IStoreUnderTest store)
    {
        Expect.That(await AddAsync(store, Message(store, "1")).ConfigureAwait(false), "It is kept.");
        Expect.That(!await AddAsync(store, Message(store, "1")).ConfigureAwait(false), "It is kept already.");
        Expect.That(await AddAsync(store, Message(store, "1") with { Reason = "unknown-trade" }).ConfigureAwait(false), "It is kept for another reason.");
        Expect.That(await AddAsync(store, Message(store, "1") with { Source = "wechatpay" }).ConfigureAwait(false), "Another sender's is another one.");
        Expect.That(await AddAsync(store, Message(store, "1") with { Tenant = Sample.Neighbour(store) }).ConfigureAwait(false), "Another tenant's is another one.");
        Expect.Equal(3, (await ListAsync(store).ConfigureAwait(false)).Count);
    }

    private static async Task AMessageOfAUnitThatIsRolledBackWasNeverKeptAsync(IStoreUnderTest store)
    {
        await store.InUnitAsync(unit => store.Quarantine.AddAsync(unit, Message(store, "1")), commit: false).ConfigureAwait(false);
        Expect.Equal(0, (await ListAsync(store).ConfigureAwait(false)).Count);
        Expect.That(await AddAsync(store, Message(store, "1")).ConfigureAwait(false), "It can be kept now.");
        var number = (await ListAsync(store).ConfigureAwait(false)).Single().Number;
        await store.InUnitAsync(unit => store.Quarantine.DecideAsync(unit, number, QuarantineState.Discarded, "chen", "a test"), commit: false).ConfigureAwait(false);
        Expect.Equal(QuarantineState.Waiting, (await store.Quarantine.FindAsync(number).ConfigureAwait(false))?.State);
    }

    private static async Task AMessageIsDecidedOnceAsync(IStoreUnderTest store)
    {
        await AddAsync(store, Message(store, "1")).ConfigureAwait(false);
        var number = (await ListAsync(store).ConfigureAwait(false)).Single().Number;
        Expect.That(await DecideAsync(store, number, QuarantineState.Released, "chen").ConfigureAwait(false), "It waits.");
        Expect.That(!await DecideAsync(store, number, QuarantineState.Discarded, "li").ConfigureAwait(false), "It is decided.");
        Expect.That(!await DecideAsync(store, number + 1, QuarantineState.Discarded, "li").ConfigureAwait(false), "There is none.");
        var decided = (await store.Quarantine.FindAsync(number).ConfigureAwait(false))!;
        Expect.That(decided is { State: QuarantineState.Released, Operator: "chen", Note: "seen", DecidedAt: not null }, $"Who decided is kept: {decided}");
        Expect.Equal(0, (await ListAsync(store).ConfigureAwait(false)).Count);
        Expect.That(!await AddAsync(store, Message(store, "1")).ConfigureAwait(false), "It does not come back.");
    }

    private static async Task AListHoldsWhatWasAskedForAsync(IStoreUnderTest store)
    {
        for (var i = 0; i < 7; i++)
        {
            await AddAsync(store, Message(store, $"{i}") with { Source = i % 2 == 0 ? "alipay" : "wechatpay", Reason = i < 4 ? "amount-differs" : "unknown-trade" }).ConfigureAwait(false);
        }

        await AddAsync(store, Message(store, "foreign") with { Tenant = Sample.Neighbour(store) }).ConfigureAwait(false);
        var seen = new List<string>();
        string? continuation = null;
        do
        {
            var page = await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, PageSize = 3, Continuation = continuation }).ConfigureAwait(false);
            Expect.That(page.Items.Count <= 3, "A page is no longer than was asked.");
            seen.AddRange(page.Items.Select(item => item.MessageId));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Expect.Sequence(["0", "1", "2", "3", "4", "5", "6"], seen);
        var some = await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, Source = "wechatpay", Reason = "amount-differs" }).ConfigureAwait(false);
        Expect.Sequence(["1", "3"], some.Items.Select(item => item.MessageId));
        await DecideAsync(store, some.Items[0].Number, QuarantineState.Discarded, "chen").ConfigureAwait(false);
        Expect.Equal(6, (await ListAsync(store).ConfigureAwait(false)).Count);
        var gone = await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, State = QuarantineState.Discarded }).ConfigureAwait(false);
        Expect.Sequence(["1"], gone.Items.Select(item => item.MessageId));
        Expect.Equal(7, (await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, State = null }).ConfigureAwait(false)).Items.Count);
        await Expect.ThrowsAsync<ArgumentException>(async () => await store.Quarantine.QueryAsync(new QuarantineQuery { PageSize = 0 }).ConfigureAwait(false), "A page has rows.").ConfigureAwait(false);
    }

    private static QuarantinedMessage Message(IStoreUnderTest store, string id) => new()
    {
        Tenant = store.Tenant, Source = "alipay", MessageId = id, Reason = "amount-differs", Detail = "199.00 and not 1.99", Content = Encoding.UTF8.GetBytes(id),
    };

    private static Task<bool> AddAsync(IStoreActor store, QuarantinedMessage message) => store.InUnitAsync(unit => store.Quarantine.AddAsync(unit, message));

    private static Task<bool> DecideAsync(IStoreActor store, long number, QuarantineState state, string who) =>
        store.InUnitAsync(unit => store.Quarantine.DecideAsync(unit, number, state, who, "seen"));

    private static async Task<IReadOnlyList<QuarantinedMessage>> ListAsync(IStoreUnderTest store) =>
        (await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items;
}
