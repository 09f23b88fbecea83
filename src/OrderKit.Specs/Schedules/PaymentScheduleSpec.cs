using System.Globalization;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Payments that are told several times, and orders that are placed twice, in whatever order that happens.</summary>
public static class PaymentScheduleSpec
{
    // Nothing in it takes time.
    private static readonly FakeTimeProvider Standing = new(Sample.Noon);

    private static readonly Money Price = new(19_900, Currency.CNY);

    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("A payment that callback and query tell at once counts once, and is acknowledged only when it is durable", ToldTwiceAsync),
        new("Payment, end and refund of one trade each count once", LifeOfATradeAsync),
        new("Of two amounts under one id one counts, and the other is kept", TwoAmountsAsync),
        new("Of two tabs that order one cart one is taken", TwoTabsAsync),
        new("A tab whose rival rolls back or is cancelled is taken itself", RivalGivesUpAsync),
        new("An order is held by one of two that race at the end of the window, and never by both", EndOfTheWindowAsync),
    ];

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(PaymentScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    /// <summary>The scenarios as cases.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases => Suite.Cases;

    /// <summary>Tries one case on a store that is opened for it.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static Task<InterleavingCount> ToldTwiceAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        (way.MayCrash, way.MayLoseCommits) = (1, 1);
        var paid = Paid(store, way) with { TransportId = way.Mark };
        var taken = 0;
        foreach (var told in (NotificationFacts[])[paid, paid with { TransportId = null }])
        {
            await way.AddAsync(async participant =>
            {
                if (await TellAsync(participant.Store, way, told).ConfigureAwait(false) is { Acknowledgement.StatusCode: 200 })
                {
                    taken++;
                    Expect.Equal(1, await EffectsAsync(store, way).ConfigureAwait(false), "effects when the provider is told that it was taken");
                }
            }).ConfigureAwait(false);
        }

        await way.RunAsync().ConfigureAwait(false);

        Expect.That(taken == 2 || way.Crashes + way.LostCommits > 0, "Where nothing broke both are told.");

        // The provider did not hear, and sends again.
        Expect.That(await TellAsync(store, way, paid).ConfigureAwait(false) is { Acknowledgement.StatusCode: 200 }, "What is sent again is taken.");
        Expect.Equal(1, await EffectsAsync(store, way).ConfigureAwait(false));
    });

    private static Task<InterleavingCount> LifeOfATradeAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var paid = Paid(store, way);
        NotificationFacts[] told =
        [
            paid with { TransportId = way.Mark + "-1" },
            paid with { TransportId = way.Mark + "-2", Kind = NotificationKind.Finished, RawStatus = "TRADE_FINISHED" },
            paid with { TransportId = way.Mark + "-3", Kind = NotificationKind.Refunded, RefundNumber = "R1", RawStatus = "REFUND" },
        ];
        foreach (var sending in (NotificationFacts[][])[told, [.. told.Reverse()]])
        {
            await way.AddAsync(async participant =>
            {
                foreach (var one in sending)
                {
                    await TellAsync(participant.Store, way, one).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }

        await way.RunAsync().ConfigureAwait(false);
        foreach (var one in told)
        {
            await TellAsync(store, way, one).ConfigureAwait(false);
        }

        Expect.Equal(3, await EffectsAsync(store, way).ConfigureAwait(false));
    });

    private static Task<InterleavingCount> TwoAmountsAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var paid = Paid(store, way) with { TransportId = way.Mark };
        var outcomes = new List<NotificationOutcome>();
        foreach (var told in (NotificationFacts[])[paid, paid with { Amount = new Money(1, Currency.CNY) }])
        {
            await way.AddAsync(async participant =>
            {
                if (await TellAsync(participant.Store, way, told).ConfigureAwait(false) is { } outcome)
                {
                    outcomes.Add(outcome);
                }
            }).ConfigureAwait(false);
        }

        await way.RunAsync().ConfigureAwait(false);

        Expect.Equal(1, await EffectsAsync(store, way).ConfigureAwait(false));
        Expect.Equal(1, outcomes.OfType<NotificationOutcome.Applied>().Count());
        Expect.Equal(1, outcomes.OfType<NotificationOutcome.Quarantined>().Count());
        Expect.Equal(1, (await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, Source = way.Mark }).ConfigureAwait(false)).Items.Count);
    });

    private static Task<InterleavingCount> TwoTabsAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        (way.MayCrash, way.MayLoseCommits) = (1, 1);
        var verdicts = new List<DuplicateVerdict>();
        foreach (var tab in (string[])["a", "b"])
        {
            await way.AddAsync(async participant =>
            {
                if (await PlaceAsync(participant.Store, Order(store, way, tab), way).ConfigureAwait(false) is { } verdict)
                {
                    verdicts.Add(verdict);
                }
            }).ConfigureAwait(false);
        }

        await way.RunAsync().ConfigureAwait(false);

        var taken = await EffectsAsync(store, way).ConfigureAwait(false);
        Expect.That(taken <= 1, "One cart becomes one order.");
        Expect.That(taken == 1 || way.Crashes + way.LostCommits > 0, "Where nothing broke one is taken.");
        Expect.Equal(verdicts.OfType<DuplicateVerdict.Accept>().Any() ? 1 : taken, taken);
    });

    private static Task<InterleavingCount> RivalGivesUpAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var (first, second) = (Order(store, way, "a"), Order(store, way, "b"));
        DuplicateVerdict? late = null;
        await way.AddAsync(async participant =>
        {
            var guards = new DuplicateOrders(participant.Store.DuplicateOrders);
            await participant.Store.InUnitAsync(async unit => await guards.CheckAsync(unit, first).ConfigureAwait(false), commit: false).ConfigureAwait(false);
            if (await PlaceAsync(participant.Store, first, way).ConfigureAwait(false) is DuplicateVerdict.Accept)
            {
                await participant.Store.InUnitAsync(async unit => await guards.ReleaseAsync(unit, first.Order).ConfigureAwait(false)).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        await way.AddAsync(async participant => late = await PlaceAsync(participant.Store, second, way).ConfigureAwait(false)).ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        // Refused, it could only be for an order that stood at that moment; asked again now, it is taken.
        var again = late is DuplicateVerdict.Accept ? late : await PlaceAsync(store, second, way).ConfigureAwait(false);
        Expect.That(again is DuplicateVerdict.Accept, $"What guarded the cart is gone, and the answer is {again}.");
    });

    private static Task<InterleavingCount> EndOfTheWindowAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var window = TimeSpan.FromMinutes(15);
        Expect.That(await PlaceAsync(store, Order(store, way, "first"), way).ConfigureAwait(false) is DuplicateVerdict.Accept, "The first order of a cart is taken.");
        await store.AdvanceAsync(window - TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
        var accepted = 0;
        foreach (var tab in (string[])["a", "b"])
        {
            await way.AddAsync(async participant =>
            {
                if (await PlaceAsync(participant.Store, Order(store, way, tab), way).ConfigureAwait(false) is DuplicateVerdict.Accept)
                {
                    accepted++;
                }
            }).ConfigureAwait(false);
        }

        way.Passes(TimeSpan.FromMilliseconds(1));
        await way.RunAsync().ConfigureAwait(false);

        Expect.That(accepted <= 1, "The end of the window lets one order pass.");
    });

    private static NotificationFacts Paid(IStoreUnderTest store, Interleaving way) => new()
    {
        Tenant = store.Tenant,
        Provider = way.Mark,
        MerchantTradeNumber = way.Mark,
        ProviderTradeNumber = "T" + way.Mark,
        Kind = NotificationKind.Paid,
        RawStatus = "TRADE_SUCCESS",
        Amount = Price,
    };

    private static OrderCandidate Order(IStoreUnderTest store, Interleaving way, string tab) => new()
    {
        Order = Sample.Key(store, $"{way.Mark}-{tab}"),
        Buyer = "buyer of " + way.Mark,
        Cart = "cart of " + way.Mark,
    };

    // Nobody hears: the provider gets no answer, or one that says "send it again".
    private static async Task<NotificationOutcome?> TellAsync(IStoreActor actor, Interleaving way, NotificationFacts told)
    {
        try
        {
            var gate = new NotificationGate(actor.Operations, actor.Quarantine, actor.Units, new ScopedService<INotificationEffects>(new Effects(actor, way)), timeProvider: Standing);
            await using var ends = gate.ConfigureAwait(false);
            return await gate.AcceptAsync(told).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException)
        {
            return null;
        }
    }

    /// <summary>Checks an order and takes it, in one unit of work; where it is not accepted, nothing of it is taken.</summary>
    private static async Task<DuplicateVerdict?> PlaceAsync(IStoreActor actor, OrderCandidate order, Interleaving way)
    {
        try
        {
            return await actor.InUnitAsync<DuplicateVerdict>(async unit =>
            {
                var verdict = await new DuplicateOrders(actor.DuplicateOrders).CheckAsync(unit, order).ConfigureAwait(false);
                if (verdict is DuplicateVerdict.Accept)
                {
                    await actor.Outbox.AppendAsync(unit, [new OutboxMessage(order.Order.Order.Value, way.Mark, order.Order.Tenant, order.Order.Order.Value, "placed", default)]).ConfigureAwait(false);
                }

                return verdict;
            }).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException)
        {
            return null;
        }
    }

    private static async Task<int> EffectsAsync(IStoreUnderTest store, Interleaving way) => (int)(await store.Outbox.BacklogAsync(way.Mark).ConfigureAwait(false)).Count;

    private sealed class Effects(IStoreActor actor, Interleaving way) : INotificationEffects
    {
        public ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken) => new(
            new PaymentDocument(notification.MerchantTradeNumber, Price, [new PaymentShare(Sample.Key(notification.Tenant, notification.MerchantTradeNumber), Price)], "alipay"));

        public async ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
            UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken)
        {
            var ids = effects.Select(static effect => string.Create(
                CultureInfo.InvariantCulture, $"{effect.Notification.ProviderTradeNumber}-{effect.Notification.Kind}"));
            await actor.Outbox.AppendAsync(
                unitOfWork, [.. ids.Select(id => new OutboxMessage(id, way.Mark, effects[0].Notification.Tenant, id, "paid", default))],
                cancellationToken).ConfigureAwait(false);
            return new NotificationEffectResult[effects.Count];
        }
    }
}
