using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Tests payments that are reported several times and orders that are placed twice, in every order of steps.</summary>
public static class PaymentScheduleSpec
{
    // The clock stands still, because nothing here takes time.
    private static readonly FakeTimeProvider Standing = new(Sample.Noon);

    private static readonly Money Price = new(19_900, Currency.CNY);

    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("A payment reported by callback and query at once counts once, and is acknowledged only when it is durable",
            async (store, way) =>
        {
            (way.MayCrash, way.MayLoseCommits) = (1, 1);
            var paid = Paid(store, way) with { TransportId = way.Mark };
            var taken = 0;
            foreach (var told in (NotificationFacts[])[paid, paid with { TransportId = null }])
            {
                await way.AddAsync(async participant =>
                {
                    if (await TellAsync(participant.Store, way, told) is { Acknowledgement.StatusCode: 200 })
                    {
                        taken++;
                        Expect.Equal(1, await EffectsAsync(store, way), "the number of effects when the provider gets the acknowledgement");
                    }
                });
            }

            await way.RunAsync();

            Expect.That(taken == 2 || way.Crashes + way.LostCommits > 0, "Without a fault both callers must get an answer.");

            // The provider got no answer and sends the callback again.
            Expect.That(await TellAsync(store, way, paid) is { Acknowledgement.StatusCode: 200 },
                "A repeated callback must be acknowledged.");
            Expect.Equal(1, await EffectsAsync(store, way));
        }),
        new("Payment, end and refund of one trade each count once", async (store, way) =>
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
                        await TellAsync(participant.Store, way, one);
                    }
                });
            }

            await way.RunAsync();
            foreach (var one in told)
            {
                await TellAsync(store, way, one);
            }

            Expect.Equal(3, await EffectsAsync(store, way));
        }),
        new("Of two amounts under one id one counts, and the other is quarantined", async (store, way) =>
        {
            var paid = Paid(store, way) with { TransportId = way.Mark };
            var outcomes = new List<NotificationOutcome>();
            foreach (var told in (NotificationFacts[])[paid, paid with { Amount = new Money(1, Currency.CNY) }])
            {
                await way.AddAsync(async participant =>
                {
                    if (await TellAsync(participant.Store, way, told) is { } outcome)
                    {
                        outcomes.Add(outcome);
                    }
                });
            }

            await way.RunAsync();

            Expect.Equal(1, await EffectsAsync(store, way));
            Expect.Equal(1, outcomes.OfType<NotificationOutcome.Applied>().Count());
            Expect.Equal(1, outcomes.OfType<NotificationOutcome.Quarantined>().Count());
            Expect.Equal(1,
                (await store.Quarantine.QueryAsync(new QuarantineQuery { Tenant = store.Tenant, Source = way.Mark })).Items.Count);
        }),
        new("Of two browser tabs that order one cart one is accepted", async (store, way) =>
        {
            (way.MayCrash, way.MayLoseCommits) = (1, 1);
            var verdicts = new List<DuplicateVerdict>();
            foreach (var tab in (string[])["a", "b"])
            {
                await way.AddAsync(async participant =>
                {
                    if (await PlaceAsync(participant.Store, Order(store, way, tab), way) is { } verdict)
                    {
                        verdicts.Add(verdict);
                    }
                });
            }

            await way.RunAsync();

            var taken = await EffectsAsync(store, way);
            Expect.That(taken <= 1, "A cart must not become two orders.");
            Expect.That(taken == 1 || way.Crashes + way.LostCommits > 0, "Without a fault one order must be accepted.");
            Expect.Equal(verdicts.OfType<DuplicateVerdict.Accept>().Any() ? 1 : taken, taken);
        }),
        new("An order is accepted if its rival rolls back or is cancelled", async (store, way) =>
        {
            var (first, second) = (Order(store, way, "a"), Order(store, way, "b"));
            DuplicateVerdict? late = null;
            await way.AddAsync(async participant =>
            {
                var guards = new DuplicateOrders(participant.Store.DuplicateOrders);
                await participant.Store.InUnitAsync(async unit => await guards.CheckAsync(unit, first), commit: false);
                if (await PlaceAsync(participant.Store, first, way) is DuplicateVerdict.Accept)
                {
                    await participant.Store.InUnitAsync(async unit => await guards.ReleaseAsync(unit, first.Order));
                }
            });
            await way.AddAsync(async participant => late = await PlaceAsync(participant.Store, second, way));
            await way.RunAsync();

            // It can only have been rejected for an order that existed at that moment, so a second check must accept it.
            var again = late is DuplicateVerdict.Accept ? late : await PlaceAsync(store, second, way);
            Expect.That(
                again is DuplicateVerdict.Accept,
                    $"The guard of the cart is gone, so the order must be accepted, but the verdict is {again}.");
        }),
        new("Of two orders that race at the end of the window at most one is accepted", async (store, way) =>
        {
            var window = TimeSpan.FromMinutes(15);
            Expect.That(await PlaceAsync(store, Order(store, way, "first"), way) is DuplicateVerdict.Accept,
                "The first order of a cart must be accepted.");
            await store.AdvanceAsync(window - TimeSpan.FromMilliseconds(1));
            var accepted = 0;
            foreach (var tab in (string[])["a", "b"])
            {
                await way.AddAsync(async participant =>
                {
                    if (await PlaceAsync(participant.Store, Order(store, way, tab), way) is DuplicateVerdict.Accept)
                    {
                        accepted++;
                    }
                });
            }

            way.Passes(TimeSpan.FromMilliseconds(1));
            await way.RunAsync();

            Expect.That(accepted <= 1, "At the end of the window at most one order may be accepted.");
        }),
    ];

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(PaymentScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    private static NotificationFacts Paid(IStoreUnderTest store, Interleaving way) => new()
    {
        Tenant = store.Tenant, Provider = way.Mark, MerchantTradeNumber = way.Mark, ProviderTradeNumber = "T" + way.Mark,
        Kind = NotificationKind.Paid, RawStatus = "TRADE_SUCCESS", Amount = Price,
    };

    private static OrderCandidate Order(IStoreUnderTest store, Interleaving way, string tab) => new()
    {
        Order = Sample.Key(store, $"{way.Mark}-{tab}"),
        Buyer = "buyer of " + way.Mark,
        Cart = "cart of " + way.Mark,
    };

    // The provider gets no answer, or one that asks it to send the callback again.
    private static async Task<NotificationOutcome?> TellAsync(IStoreActor actor, Interleaving way, NotificationFacts told)
    {
        try
        {
            var gate = new NotificationGate(actor.Operations, actor.Quarantine, actor.Units,
                new ScopedService<INotificationEffects>(new Effects(actor, way)), timeProvider: Standing);
            await using var ends = gate;
            return await gate.AcceptAsync(told);
        }
        catch (CommitOutcomeUnknownException)
        {
            return null;
        }
    }

    /// <summary>Checks an order and stores it in one unit of work. Stores nothing if it is not accepted.</summary>
    private static async Task<DuplicateVerdict?> PlaceAsync(IStoreActor actor, OrderCandidate order, Interleaving way)
    {
        try
        {
            return await actor.InUnitAsync<DuplicateVerdict>(async unit =>
            {
                var verdict = await new DuplicateOrders(actor.DuplicateOrders).CheckAsync(unit, order);
                if (verdict is DuplicateVerdict.Accept)
                {
                    await actor.Outbox.AppendAsync(
                        unit,
                        [
                            new OutboxMessage(
                                order.Order.Order.Value, way.Mark, order.Order.Tenant, order.Order.Order.Value, "placed", default),
                        ]);
                }

                return verdict;
            });
        }
        catch (CommitOutcomeUnknownException)
        {
            return null;
        }
    }

    private static async Task<int> EffectsAsync(IStoreUnderTest store, Interleaving way) =>
        (int)(await store.Outbox.BacklogAsync(way.Mark)).Count;

    private sealed class Effects(IStoreActor actor, Interleaving way) : INotificationEffects
    {
        public ValueTask<PaymentDocument?> FindDocumentAsync(
            UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken) => new(
            new PaymentDocument(notification.MerchantTradeNumber, Price,
                [new PaymentShare(Sample.Key(notification.Tenant, notification.MerchantTradeNumber), Price)], "alipay"));

        public async ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
            UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken)
        {
            var ids = effects.Select(effect => effect.Notification).Select(paid => $"{paid.ProviderTradeNumber}-{paid.Kind}");
            await actor.Outbox.AppendAsync(
                unitOfWork, [.. ids.Select(id => new OutboxMessage(id, way.Mark, effects[0].Notification.Tenant, id, "paid", default))],
                cancellationToken);
            return new NotificationEffectResult[effects.Count];
        }
    }
}
