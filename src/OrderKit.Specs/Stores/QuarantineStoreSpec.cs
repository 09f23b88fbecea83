using System.Text;
using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The rules that a quarantine must keep.</summary>
public static class QuarantineStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(QuarantineStoreSpec),
    [
        new("A message is quarantined unchanged", async store =>
        {
            byte[] content = [0, 255, 10, .. Encoding.UTF8.GetBytes("金额 🙂")];
            await AddAsync(store, Message(store, "1") with { Content = content, Detail = "half a pair: \uD83D" });
            var kept = (await ListAsync(store)).Single();
            Expect.Sequence(content, kept.Content.ToArray());
            Expect.That(
                kept is
                {
                    Source: "alipay",
                    MessageId: "1",
                    Reason: "amount-differs",
                    State: QuarantineState.Waiting,
                    Operator: null,
                    Note: null,
                    DecidedAt: null,
                },
                $"It must be unchanged: {kept}");
            Expect.That(kept.Number > 0 && kept.ReceivedAt > Sample.Noon.AddYears(-1), "It must have a number and a time.");
            Expect.Equal(kept.Number, (await store.Quarantine.FindAsync(kept.Number))?.Number);
            Expect.Equal(null, await store.Quarantine.FindAsync(kept.Number + 1));
        }),
        new("A message is quarantined once for each reason", async store =>
        {
            Expect.That(await AddAsync(store, Message(store, "1")), "It must be quarantined.");
            Expect.That(!await AddAsync(store, Message(store, "1")), "It is already quarantined.");
            Expect.That(
                await AddAsync(store, Message(store, "1") with { Reason = "unknown-trade" }), "It must be quarantined for another reason.");
            Expect.That(await AddAsync(store, Message(store, "1") with { Source = "wechatpay" }),
                "A message of another sender is different.");
            Expect.That(await AddAsync(store, Message(store, "1") with { Tenant = Sample.Neighbour(store) }),
                "A message of another tenant is different.");
            Expect.Equal(3, (await ListAsync(store)).Count);
        }),
        new("A rolled-back unit leaves no quarantined message", async store =>
        {
            await store.InUnitAsync(unit => store.Quarantine.AddAsync(unit, Message(store, "1")), commit: false);
            Expect.Equal(0, (await ListAsync(store)).Count);
            Expect.That(await AddAsync(store, Message(store, "1")), "It can be quarantined now.");
            var number = (await ListAsync(store)).Single().Number;
            await store.InUnitAsync(
                unit => store.Quarantine.DecideAsync(unit, number, QuarantineState.Discarded, "chen", "a test"), commit: false);
            Expect.Equal(QuarantineState.Waiting, (await store.Quarantine.FindAsync(number))?.State);
        }),
        new("A message is decided once", async store =>
        {
            await AddAsync(store, Message(store, "1"));
            var number = (await ListAsync(store)).Single().Number;
            Expect.That(await DecideAsync(store, number, QuarantineState.Released, "chen"), "It waits.");
            Expect.That(!await DecideAsync(store, number, QuarantineState.Discarded, "li"), "It is decided.");
            Expect.That(!await DecideAsync(store, number + 1, QuarantineState.Discarded, "li"), "There is none.");
            var decided = (await store.Quarantine.FindAsync(number))!;
            Expect.That(decided is { State: QuarantineState.Released, Operator: "chen", Note: "seen", DecidedAt: not null },
                $"Who decided is kept: {decided}");
            Expect.Equal(0, (await ListAsync(store)).Count);
            Expect.That(!await AddAsync(store, Message(store, "1")), "It must not be added again.");
        }),
        new("A list returns what was asked for, page by page", async store =>
        {
            for (var i = 0; i < 7; i++)
            {
                await AddAsync(
                    store, Message(store, $"{i}") with
                    {
                        Source = i % 2 == 0 ? "alipay" : "wechatpay",
                        Reason = i < 4 ? "amount-differs" : "unknown-trade",
                    });
            }

            await AddAsync(store, Message(store, "foreign") with { Tenant = Sample.Neighbour(store) });
            var seen = new List<string>();
            string? continuation = null;
            do
            {
                var page = await store.Quarantine.QueryAsync(
                    new QuarantineQuery { Tenant = store.Tenant, PageSize = 3, Continuation = continuation });
                Expect.That(page.Items.Count <= 3, "A page must not exceed the page size.");
                seen.AddRange(page.Items.Select(item => item.MessageId));
                continuation = page.Continuation;
            }
            while (continuation is not null);

            Expect.Sequence(["0", "1", "2", "3", "4", "5", "6"], seen);
            var some = await store.Quarantine.QueryAsync(
                new QuarantineQuery { Tenant = store.Tenant, Source = "wechatpay", Reason = "amount-differs" });
            Expect.Sequence(["1", "3"], some.Items.Select(item => item.MessageId));
            await DecideAsync(store, some.Items[0].Number, QuarantineState.Discarded, "chen");
            Expect.Equal(6, (await ListAsync(store)).Count);
            var gone = await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, State = QuarantineState.Discarded });
            Expect.Sequence(["1"], gone.Items.Select(item => item.MessageId));
            Expect.Equal(7, (await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, State = null })).Items.Count);
            await Expect.ThrowsAsync<ArgumentException>(
                async () => await store.Quarantine.QueryAsync(new QuarantineQuery { PageSize = 0 }), "A page must have at least one row.");
        }),
    ]);

    private static QuarantinedMessage Message(IStoreUnderTest store, string id) => new()
    {
        Tenant = store.Tenant, Source = "alipay", MessageId = id, Reason = "amount-differs", Detail = "199.00 and not 1.99",
        Content = Encoding.UTF8.GetBytes(id),
    };

    private static Task<bool> AddAsync(IStoreActor store, QuarantinedMessage message) =>
        store.InUnitAsync(unit => store.Quarantine.AddAsync(unit, message));

    private static Task<bool> DecideAsync(IStoreActor store, long number, QuarantineState state, string who) =>
        store.InUnitAsync(unit => store.Quarantine.DecideAsync(unit, number, state, who, "seen"));

    private static async Task<IReadOnlyList<QuarantinedMessage>> ListAsync(IStoreUnderTest store) =>
        (await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant })).Items;
}
