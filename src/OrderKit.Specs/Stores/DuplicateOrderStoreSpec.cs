using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>The rules that a store of guards, suspected duplicates and decisions must keep.</summary>
public static class DuplicateOrderStoreSpec
{
    private const int Racers = 16;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly string[] ThreeRules = ["one", "two", "three"];
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(DuplicateOrderStoreSpec),
    [
        new("The first order guards its subject, and the next is told who does", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            Expect.Equal(null, await AskAsync(store, Guard(a, Sample.Noon)));
            var finding = await AskAsync(store, Guard(b, Sample.Noon.AddSeconds(61)));
            Expect.Equal((a, Sample.Noon, Sample.Noon.AddSeconds(61)), (finding?.Earlier ?? default, finding?.EarlierAt, finding?.At));
            Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon.AddSeconds(62))))?.Earlier);
        }),
        new("Other subjects, rules and tenants have their own guards", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            var guard = Guard(b, Sample.Noon);
            await AskAsync(store, Guard(a, Sample.Noon));
            Expect.Equal(null, await AskAsync(store, guard with { Subject = Digest.Of("another"u8) }));
            Expect.Equal(null, await AskAsync(store, guard with { Rule = "Cart" }));
            Expect.Equal(null, await AskAsync(store, guard with { Rule = "购物车's \"rule\"" }));
            Expect.Equal(null, await AskAsync(store, guard with { Order = Sample.Key(Sample.Neighbour(store), "B") }));
            Expect.Equal(a, (await AskAsync(store, guard))?.Earlier);
        }),
        new("Guards of one call are answered one by one", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await AskAsync(store, Guard(a, Sample.Noon) with { Rule = "two" });
            var guards = ThreeRules.Select(rule => Guard(b, Sample.Noon) with { Rule = rule }).ToList();
            var findings = await store.InUnitAsync(unit => store.DuplicateOrders.GuardAsync(unit, guards));
            Expect.Sequence([null, a, null], findings.Select(finding => finding?.Earlier));
            Expect.Sequence([], await store.InUnitAsync(unit => store.DuplicateOrders.GuardAsync(unit, [])));
        }),
        new("The window ends where it says, to the millisecond", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));

            // Not at the edge of a time slice: a store that counted in slices of ten minutes would accept the second order.
            var start = Sample.Noon.AddSeconds(299);
            foreach (var (offset, isDuplicate) in new[] { (-Millisecond, true), (TimeSpan.Zero, false), (Millisecond, false) })
            {
                var subject = Digest.Of(BitConverter.GetBytes(offset.Ticks));
                await AskAsync(store, Guard(a, start) with { Subject = subject });
                var finding = await AskAsync(store, Guard(b, start + Window + offset) with { Subject = subject });
                Expect.That((finding is not null) == isDuplicate,
                    $"An order {Window + offset} after the first is {(isDuplicate ? "" : "not ")}inside a window of {Window}.");
            }
        }),
        new("Without an instant the store's clock judges the window", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            await AskAsync(store, Guard(a, null));
            await store.AdvanceAsync(Window / 2);
            var finding = await AskAsync(store, Guard(b, null));
            Expect.Equal(a, finding?.Earlier);
            Expect.That(
                finding!.At - finding.EarlierAt >= Window / 2 && finding.Now >= finding.At, "Both times must come from the store's clock.");
            await store.AdvanceAsync(Window);
            Expect.Equal(null, await AskAsync(store, Guard(c, null)));
        }),
        new("A window without an end never expires", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await AskAsync(store, Guard(a, Sample.Noon) with { Window = TimeSpan.MaxValue });
            Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon.AddYears(500)) with { Window = TimeSpan.MaxValue }))?.Earlier);
        }),
        new("An order that was placed before the guarding one is found in the same window", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            await AskAsync(store, Guard(a, Sample.Noon));
            Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon - Window + Millisecond)))?.Earlier);
            Expect.Equal(null, await AskAsync(store, Guard(c, Sample.Noon - Window)));
        }),
        new("A much older order does not replace the guarding order", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            await AskAsync(store, Guard(a, Sample.Noon));
            await AskAsync(store, Guard(b, Sample.Noon.AddDays(-1)));
            Expect.Equal(a, (await AskAsync(store, Guard(c, Sample.Noon.AddMinutes(1))))?.Earlier);
        }),
        new("The guarding order finds itself and does not move the window", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await AskAsync(store, Guard(a, Sample.Noon));
            foreach (var minutes in new[] { 0, 5, 60 })
            {
                Expect.Equal(a, (await AskAsync(store, Guard(a, Sample.Noon.AddMinutes(minutes)) with { ExtendsWindow = true }))?.Earlier);
            }

            Expect.Equal(null, await AskAsync(store, Guard(b, Sample.Noon + Window)));
        }),
        new("A duplicate extends the window only if its rule says so", async store =>
        {
            foreach (var extends in new[] { true, false })
            {
                var subject = Digest.Of(BitConverter.GetBytes(extends));
                await AskAsync(store, Guard(Sample.Key(store, "A"), Sample.Noon) with { Subject = subject });
                foreach (var minutes in new[] { 8, 4 })
                {
                    await AskAsync(store,
                        Guard(Sample.Key(store, "B"), Sample.Noon.AddMinutes(minutes)) with { Subject = subject, ExtendsWindow = extends });
                }

                var finding = await AskAsync(store, Guard(Sample.Key(store, "C"), Sample.Noon.AddMinutes(16)) with { Subject = subject });
                Expect.Equal(extends ? (Sample.Key(store, "A"), Sample.Noon.AddMinutes(8)) : null,
                    finding is null ? null : ((OrderKey, DateTimeOffset)?)(finding.Earlier, finding.EarlierAt));
            }
        }),
        new("A released subject is guarded by the next order", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            await AskAsync(store, Guard(a, Sample.Noon) with { Window = TimeSpan.MaxValue });
            Expect.Equal(1, await ReleaseAsync(store, a, "cart"));
            Expect.Equal(0, await ReleaseAsync(store, a, "cart"));
            // An order that was placed slightly earlier is accepted too, because the guarding order is gone.
            Expect.Equal(null, await AskAsync(store, Guard(b, Sample.Noon.AddMinutes(-1)) with { Window = TimeSpan.MaxValue }));
            Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon) with { Window = TimeSpan.MaxValue }))?.Earlier);
        }),
        new("A release frees only the order's own subjects under the named rules", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            var other = Digest.Of("another"u8);
            await AskAsync(store, Guard(a, Sample.Noon));
            await AskAsync(store, Guard(a, Sample.Noon) with { Rule = "exact" });
            await AskAsync(store, Guard(a, Sample.Noon) with { Rule = "lines" });
            await AskAsync(store, Guard(b, Sample.Noon) with { Subject = other });
            Expect.Equal(0, await ReleaseAsync(store, Sample.Key(Sample.Neighbour(store), "A"), "cart", "exact", "lines"));
            Expect.Equal(0, await ReleaseAsync(store, a));
            Expect.Equal(2, await ReleaseAsync(store, a, "cart", "lines", "none"));
            Expect.Equal(a, (await AskAsync(store, Guard(c, Sample.Noon) with { Rule = "exact" }))?.Earlier);
            Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon) with { Subject = other }))?.Earlier);
            Expect.Equal(null, await AskAsync(store, Guard(c, Sample.Noon)));
            Expect.Equal(null, await AskAsync(store, Guard(c, Sample.Noon) with { Rule = "lines" }));
        }),
        new("A guard is undone with its unit", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            await AskAsync(store, Guard(a, Sample.Noon), commit: false);
            Expect.Equal(null, await AskAsync(store, Guard(b, Sample.Noon)));
            await AskAsync(store, Guard(a, Sample.Noon + Window), commit: false);
            Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon.AddMinutes(1))))?.Earlier);
        }),
        new("A release is undone with its unit", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await AskAsync(store, Guard(a, Sample.Noon));
            await store.InUnitAsync(unit => store.DuplicateOrders.ReleaseAsync(unit, a, ["cart"]), commit: false);
            Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon)))?.Earlier);
        }),
        new("Of racing orders of one subject one is accepted", async store =>
        {
            var other = await store.OpenAnotherAsync();
            var findings = await Acting.RaceAsync(
                Racers,
                racer => AskAsync(
                    racer % 2 == 0 ? store : other, Guard(Sample.Key(store, $"{racer}"), null) with { ExtendsWindow = racer % 3 == 0 }));
            Expect.Equal(1, findings.Count(finding => finding is null));
            var winner = Sample.Key(store, $"{Array.IndexOf(findings, null)}");
            Expect.That(findings.All(finding => finding is null || finding.Earlier == winner), "All others must find the accepted order.");
        }),
        new("If the winner of a race rolls back, another order wins", async store =>
        {
            var other = await store.OpenAnotherAsync();
            var winners = 0;
            var accepted = await Acting.RaceAsync(Racers, async racer =>
            {
                var actor = racer % 2 == 0 ? store : other;
                var unit = await actor.Units.BeginAsync();
                await using (unit)
                {
                    var findings = await actor.DuplicateOrders.GuardAsync(unit, [Guard(Sample.Key(store, $"{racer}"), Sample.Noon)]);
                    if (findings[0] is not null || Interlocked.Increment(ref winners) == 1)
                    {
                        return false;
                    }

                    await unit.CommitAsync();
                    return true;
                }
            });
            Expect.Equal(1, accepted.Count(wasAccepted => wasAccepted));
            Expect.Equal(2, winners);
        }),
        new("A suspicion is read back with every field", async store =>
        {
            var a = Sample.Key(store, "A");
            var full = new SuspectedDuplicate(
                a, "规则 'one'", Sample.Key(store, "B"), SuspicionState.Held, Sample.Noon.AddTicks(10), TimeSpan.FromTicks(10),
                Sample.Noon.AddHours(2), "支付宝", new Money(-1990, Currency.Custom("POINTS", 3)));
            var plain = new SuspectedDuplicate(
                a, "two", Sample.Key(store, "C"), SuspicionState.Labelled, Sample.Noon, TimeSpan.Zero, null, null, null);
            await SaveAsync(store, full, plain);
            Expect.Set([full, plain], await store.InUnitAsync(unit => store.DuplicateOrders.LoadAsync(unit, a)));
            Expect.Sequence([plain, full], (await QueryAsync(store)).Items);
        }),
        new("A suspicion is stored once for an order and a rule", async store =>
        {
            var a = Held(store, "A");
            Expect.Sequence([true], await SaveAsync(store, a));
            Expect.Sequence(
                [false, true],
                await SaveAsync(
                    store, a with { Earlier = Sample.Key(store, "X"), State = SuspicionState.Labelled }, a with { Rule = "lines" }));
            Expect.Sequence([false], await SaveAsync(store, a));
            Expect.Set([a, a with { Rule = "lines" }], (await QueryAsync(store)).Items);
            Expect.Equal(2, (await store.Outbox.BacklogAsync("events")).Count);
        }),
        new("A held order is decided once, with operator, time and reason", async store =>
        {
            var a = Held(store, "A");
            await SaveAsync(store, a);
            Expect.Equal(true, await DecideAsync(store, Decision(store, a, SuspicionState.Merged)));
            Expect.Equal(false, await DecideAsync(store, Decision(store, a, SuspicionState.Voided)));
            Expect.Equal(false, await DecideAsync(store, Decision(store, a, SuspicionState.Merged)));
            var act = (await store.DuplicateOrderQueries.ReadActsAsync(a.Order)).One();
            Expect.Equal((a.Order, SuspicionState.Merged, "账号's 7", "一个包裹 🙂"), (act.Order, act.Decision, act.Operator, act.Reason));
            Expect.Sequence([act], await store.InUnitAsync(unit => store.DuplicateOrders.LoadActsAsync(unit, a.Order)));
            Expect.Sequence([a with { State = SuspicionState.Merged }], (await QueryAsync(store)).Items);
            Expect.Equal(2, (await store.Outbox.BacklogAsync("events")).Count);
            await store.AdvanceAsync(Window);
            var b = Held(store, "B");
            await SaveAsync(store, b);
            await DecideAsync(store, Decision(store, b, SuspicionState.Released));
            Expect.That((await store.DuplicateOrderQueries.ReadActsAsync(b.Order)).One().At - act.At >= Window,
                "The time must come from the store's clock.");
        }),
        new("An order that is not held is not decided", async store =>
        {
            var a = Held(store, "A") with { State = SuspicionState.Labelled, AutoReleaseAt = null };
            await SaveAsync(store, a);
            Expect.Equal(false, await DecideAsync(store, Decision(store, a, SuspicionState.Released)));
            Expect.Equal(false, await DecideAsync(store, Decision(store, Held(store, "B"), SuspicionState.Released)));
            Expect.Sequence([a], (await QueryAsync(store)).Items);
            Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(a.Order));
            Expect.Equal(1, (await store.Outbox.BacklogAsync("events")).Count);
        }),
        new("All held suspicions of an order are decided together", async store =>
        {
            var a = Held(store, "A");
            var label = a with { Rule = "amount", State = SuspicionState.Labelled, AutoReleaseAt = null };
            await SaveAsync(store, a, a with { Rule = "lines" }, label, Held(store, "B"));
            Expect.Equal(true, await DecideAsync(store, Decision(store, a, SuspicionState.Released)));
            var released = a with { State = SuspicionState.Released };
            Expect.Set([released, released with { Rule = "lines" }, label, Held(store, "B")], (await QueryAsync(store)).Items);
            Expect.Equal(1, (await store.DuplicateOrderQueries.ReadActsAsync(a.Order)).Count);
        }),
        new("Of racing decisions one is taken", async store =>
        {
            var other = await store.OpenAnotherAsync();
            var a = Held(store, "A");
            await SaveAsync(store, a);
            SuspicionState[] choices = [SuspicionState.Released, SuspicionState.Merged, SuspicionState.Voided, SuspicionState.Lapsed];
            var taken = await Acting.RaceAsync(
                Racers, racer => DecideAsync(racer % 2 == 0 ? store : other, Decision(store, a, choices[racer % 4])));
            Expect.Equal(1, taken.Count(wasTaken => wasTaken));
            var act = (await store.DuplicateOrderQueries.ReadActsAsync(a.Order)).One();
            Expect.Equal(choices[Array.IndexOf(taken, true) % 4], act.Decision);
            Expect.Equal(2, (await store.Outbox.BacklogAsync("events")).Count);
        }),
        new("Suspicions, decisions and messages are undone with their unit", async store =>
        {
            var (a, b) = (Held(store, "A"), Held(store, "B"));
            await SaveAsync(store, a);
            await store.InUnitAsync(async unit =>
            {
                await store.DuplicateOrders.SaveAsync(unit, [b], [Sample.Message(store, "b")]);
                await store.DuplicateOrders.DecideAsync(
                    unit, [Decision(store, a, SuspicionState.Voided), Decision(store, b, SuspicionState.Voided)]);
                Expect.Equal(1, (await store.DuplicateOrders.LoadActsAsync(unit, b.Order)).Count);
            }, commit: false);
            Expect.Sequence([a], (await QueryAsync(store)).Items);
            Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(a.Order));
            Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(b.Order));
            Expect.Equal(1, (await store.Outbox.BacklogAsync("events")).Count);
            Expect.Equal(true, await DecideAsync(store, Decision(store, a, SuspicionState.Released)));
        }),
        new("Held orders are due by the store's clock, the longest overdue first", async store =>
        {
            var finding = await AskTwiceAsync(store);
            SuspectedDuplicate Ends(string name, double minutes) =>
                Held(store, name) with { AutoReleaseAt = finding.Now.AddMinutes(minutes) };
            var (early, late, later) = (Ends("A", 5), Ends("B", 20), Ends("C", 90));
            var label = Ends("D", 1) with { State = SuspicionState.Labelled };
            await SaveAsync(store, late, later, early, label, Ends("E", 2));
            await DecideAsync(store, Decision(store, Held(store, "E"), SuspicionState.Released));
            Expect.Sequence([], await DueAsync(store));
            await store.AdvanceAsync(TimeSpan.FromMinutes(10));
            Expect.Sequence([early.Order], await DueAsync(store));
            await store.AdvanceAsync(TimeSpan.FromMinutes(20));
            Expect.Sequence([early.Order, late.Order], await DueAsync(store));
            Expect.Sequence([early.Order], await DueAsync(store, 1));
            await DecideAsync(store, Decision(store, early, SuspicionState.Lapsed));
            Expect.Sequence([late.Order], await DueAsync(store));
        }),
        new("Suspicions are listed by the instant of the order", async store =>
        {
            var names = new[] { 3, 1, 4, 2 };
            await SaveAsync(store, [.. names.Select(minute => Held(store, $"{minute}") with { FoundAt = Sample.Noon.AddMinutes(minute) })]);
            Expect.Sequence([1, 2, 3, 4], (await QueryAsync(store)).Items.Select(item => (item.FoundAt - Sample.Noon).Minutes));
        }),
        new("Suspicions are filtered by each field", async store =>
        {
            var money = new Money(1990, Currency.CNY);
            var a = Held(store, "A") with { PaymentChannel = "alipay", Amount = money };
            var b = a with
            {
                Order = Sample.Key(store, "B"), Rule = "amount", State = SuspicionState.Labelled, FoundAt = Sample.Noon.AddHours(1),
                Earlier = a.Order,
            };
            var c = a with
            {
                Order = Sample.Key(store, "C"), PaymentChannel = "Alipay", FoundAt = Sample.Noon.AddHours(2),
                Amount = new Money(1990, Currency.USD),
            };
            var d = a with { Order = Sample.Key(store, "D"), PaymentChannel = null, FoundAt = Sample.Noon.AddHours(3), Amount = null };
            await SaveAsync(store, a, b, c, d);
            var all = new DuplicateOrderQuery { Tenant = store.Tenant };
            await ExpectAsync(all, a, b, c, d);
            await ExpectAsync(all with { State = SuspicionState.Held }, a, c, d);
            await ExpectAsync(all with { State = SuspicionState.Labelled }, b);
            await ExpectAsync(all with { Order = a.Order }, a, b);
            await ExpectAsync(all with { Order = a.Order with { Tenant = Sample.Neighbour(store) } });
            await ExpectAsync(all with { Rule = "amount" }, b);
            await ExpectAsync(all with { PaymentChannel = "alipay" }, a, b);
            await ExpectAsync(all with { Amount = money }, a, b);
            await ExpectAsync(all with { From = b.FoundAt }, b, c, d);
            await ExpectAsync(all with { Before = b.FoundAt }, a);
            await ExpectAsync(all with { PaymentChannel = "alipay", Amount = money, From = a.FoundAt.AddTicks(10), Before = c.FoundAt }, b);

            async Task ExpectAsync(DuplicateOrderQuery query, params SuspectedDuplicate[] expected) =>
                Expect.Sequence(expected, (await store.DuplicateOrderQueries.QueryAsync(query)).Items, $"{query}");
        }),
        new("Paging lists every suspicion once", async store =>
        {
            const int Count = 23;
            await SaveAsync(
                store, [.. Enumerable.Range(0, Count).Select(i => Held(store, $"{i}") with { FoundAt = Sample.Noon.AddHours(i % 4) })]);
            foreach (var pageSize in new[] { 1, 5, 22, 23, 24, 1_000 })
            {
                var seen = await Paging.ReadAllAsync(pageSize, Count, continuation => store.DuplicateOrderQueries.QueryAsync(
                    new DuplicateOrderQuery { Tenant = store.Tenant, PageSize = pageSize, Continuation = continuation }));
                Expect.Set(Enumerable.Range(0, Count).Select(i => Sample.Key(store, $"{i}")), seen.Select(item => item.Order));
            }
        }),
        new("A page size outside 1 to 1,000 is refused", async store =>
        {
            await Paging.RefusesSizesAsync(
                pageSize => store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { PageSize = pageSize }));
        }),
        new("An invalid continuation is refused", async store =>
        {
            string[] texts = ["x", "", "1", "1.2.3", "-.-"];
            await Paging.RefusesContinuationsAsync(
                texts, text => store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Continuation = text }));
        }),
        new("Tenants do not see each other's suspicions", async store =>
        {
            var a = Held(store, "A");
            var neighbour = Sample.Neighbour(store);
            var theirs = a with { Order = Sample.Key(neighbour, "A"), Earlier = Sample.Key(neighbour, "B") };
            await SaveAsync(store, a, theirs);
            await DecideAsync(store, Decision(store, theirs, SuspicionState.Voided));
            Expect.Sequence([a], (await QueryAsync(store)).Items);
            Expect.Sequence([theirs with { State = SuspicionState.Voided }],
                (await store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Tenant = neighbour })).Items);
            Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(a.Order));
        }),
        new("A duplicate does not abort a host's transaction, and the host decides whether the guard is kept", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            var other = Digest.Of("another"u8);
            await AskAsync(store, Guard(a, Sample.Noon));
            foreach (var commit in new[] { false, true })
            {
                var host = await ((IHostTransactions)store).BeginHostTransactionAsync();
                await using (host)
                {
                    var unit = host.Enlist();
                    await using (unit)
                    {
                        var findings = await store.DuplicateOrders.GuardAsync(
                            unit, [Guard(b, Sample.Noon), Guard(b, Sample.Noon) with { Subject = other }]);
                        Expect.Sequence([a, null], findings.Select(finding => finding?.Earlier));
                        await store.DuplicateOrders.SaveAsync(unit, [Held(store, "B"), Held(store, "B")], []);
                        Expect.Equal(1, (await store.DuplicateOrders.LoadAsync(unit, b)).Count);
                    }

                    await (commit ? host.CommitAsync() : host.RollbackAsync());
                }
            }

            Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon) with { Subject = other }))?.Earlier);
        }, StoreAbilities.HostTransactions),
        new("An order waits for an uncommitted guard, and wins if that is rolled back", async store =>
        {
            var other = await store.OpenAnotherAsync();
            foreach (var commit in new[] { true, false })
            {
                var subject = Digest.Of(BitConverter.GetBytes(commit));
                var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
                Task<GuardFinding?> second;
                var unit = await store.Units.BeginAsync();
                await using (unit)
                {
                    Expect.Equal(null,
                        (await store.DuplicateOrders.GuardAsync(unit, [Guard(a, Sample.Noon) with { Subject = subject }]))[0]);
                    second = Task.Run(() => AskAsync(other, Guard(b, Sample.Noon) with { Subject = subject }));
                    if (commit)
                    {
                        await unit.CommitAsync();
                    }
                }

                Expect.Equal(commit ? a : null, (await second)?.Earlier);
            }
        }, StoreAbilities.ParallelUnits),
    ]);

    private static DuplicateGuard Guard(OrderKey order, DateTimeOffset? at) =>
        new("cart", Digest.Of("subject"u8), order, Window, at, ExtendsWindow: false);

    private static SuspectedDuplicate Held(IStoreUnderTest store, string name) => new(
        Sample.Key(store, name), "cart", Sample.Key(store, "earlier"), SuspicionState.Held, Sample.Noon, TimeSpan.FromSeconds(61),
        Sample.Noon.AddHours(2), null, null);

    private static DuplicateDecision Decision(IStoreUnderTest store, SuspectedDuplicate held, SuspicionState decision) =>
        new(held.Order, decision, "账号's 7", "一个包裹 🙂", [Sample.Message(store, $"{held.Order.Order}:{decision}")]);

    private static async Task<GuardFinding?> AskAsync(IStoreActor store, DuplicateGuard guard, bool commit = true) =>
        (await store.InUnitAsync(unit => store.DuplicateOrders.GuardAsync(unit, [guard]), commit))[0];

    /// <summary>Reads the store's clock.</summary>
    private static async Task<GuardFinding> AskTwiceAsync(IStoreUnderTest store)
    {
        var guard = Guard(Sample.Key(store, "clock"), null) with { Rule = "clock" };
        await AskAsync(store, guard);
        return (await AskAsync(store, guard))!;
    }

    private static Task<int> ReleaseAsync(IStoreActor store, OrderKey order, params string[] rules) =>
        store.InUnitAsync(unit => store.DuplicateOrders.ReleaseAsync(unit, order, rules));

    private static Task<IReadOnlyList<bool>> SaveAsync(IStoreUnderTest store, params SuspectedDuplicate[] suspicions) =>
        store.InUnitAsync(unit => store.DuplicateOrders.SaveAsync(unit, suspicions, [Sample.Message(store, "saved")]));

    private static async Task<bool> DecideAsync(IStoreActor store, DuplicateDecision decision) =>
        (await store.InUnitAsync(unit => store.DuplicateOrders.DecideAsync(unit, [decision])))[0];

    private static async Task<IEnumerable<OrderKey>> DueAsync(IStoreActor store, int max = 100) =>
        (await store.DuplicateOrderQueries.DueAsync(max)).Select(due => due.Order);

    private static Task<Page<SuspectedDuplicate>> QueryAsync(IStoreUnderTest store) =>
        store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Tenant = store.Tenant }).AsTask();
}
