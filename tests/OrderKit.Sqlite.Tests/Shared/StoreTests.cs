using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>What both SQL stores do beyond the catalogue of the specs: how they write, and what they leave behind.</summary>
public abstract class StoreTests
{
    private static readonly string[] Parts =
        ["journal", "journal_details", "outbox", "deadlines", "references", "cases"];

    protected abstract Task<TestStore> OpenAsync();

    [Fact]
    public async Task An_order_and_its_journal_come_back_as_they_were_written()
    {
        await using var store = await OpenAsync();
        var change = Samples.Full(Samples.Key(1));

        var orderNo = Assert.Single(await store.SaveAsync(change));

        var order = await store.Queries.FindAsync(Samples.Key(1));
        Assert.Equal(change.Order with { OrderNo = orderNo }, order);
        var entry = Assert.Single(await store.Queries.ReadJournalAsync(Samples.Key(1)));
        Assert.Equal(change.Entries[0].Attachments, entry.Attachments);
        Assert.Equal(change.Entries[0] with { Attachments = [] }, entry with { Attachments = [] });
        var detail = Assert.Single(await store.Queries.ReadDetailsAsync(Samples.Key(1)));
        Assert.Equal(change.Details[0].ToDigest(), detail.ToDigest());
        Assert.Equal(2, (await store.Queries.ReferencesOfAsync(Samples.Key(1))).Count);
        var deadline = Assert.Single(await store.Queries.DeadlinesOfAsync(Samples.Key(1)));
        Assert.Equal((orderNo, 0, Samples.Noon.AddHours(1), 1L, "unpaid", "payment-close"), (deadline.OrderNo, deadline.Facet, deadline.DueAt, deadline.Version, deadline.Trigger, deadline.Probe));
        Assert.Equal(change.Cases[0], Assert.Single((await store.Cases.QueryAsync(new CaseQuery())).Items));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_change_on_another_version_leaves_nothing_behind(long expected)
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1)));
        var before = await store.Queries.FindAsync(Samples.Key(1));

        Assert.Equal([0L], await store.SaveAsync(Samples.Full(Samples.Key(1), expected)));

        Assert.Equal(before, await store.Queries.FindAsync(Samples.Key(1)));
        Assert.Equal(1, await store.CountAsync("journal"));
        foreach (var part in Parts.Skip(1))
        {
            Assert.Equal(0, await store.CountAsync(part));
        }
    }

    [Fact]
    public async Task Of_many_changes_only_those_that_lost_are_left_out()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1)), Samples.Change(Samples.Key(2)));

        var saved = await store.SaveAsync(
            Samples.Full(Samples.Key(1), 1), Samples.Full(Samples.Key(2), 7), Samples.Full(Samples.Key(3)), Samples.Full(Samples.Key(1), 2), Samples.Full(Samples.Key(2)));

        Assert.Equal([true, false, true, true, false], saved.Select(number => number != 0));
        Assert.Equal(2 + 3, await store.CountAsync("journal"));
        Assert.Equal(3, await store.CountAsync("outbox"));
        Assert.Equal(3, (await store.Queries.FindAsync(Samples.Key(1)))!.Snapshot.Version);
    }

    [Fact]
    public async Task A_fact_that_is_in_the_journal_makes_its_change_lose()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1), factId: "one"));

        Assert.Equal([0L], await store.SaveAsync(Samples.Change(Samples.Key(1), 1, factId: "one")));
        var second = Samples.Change(Samples.Key(1), 1, factId: "two");
        second = second with { Entries = [second.Entries[0], Samples.Entry(3, "one")], Order = second.Order with { Snapshot = second.Order.Snapshot with { Version = 3 } } };
        Assert.Equal([0L], await store.SaveAsync(second));

        Assert.Equal(1, await store.CountAsync("journal"));
        Assert.Equal(1, (await store.Queries.FindAsync(Samples.Key(1)))!.Snapshot.Version);
    }

    [Fact]
    public async Task Changes_with_and_without_an_instant_go_together()
    {
        await using var store = await OpenAsync();
        var untimed = Samples.Change(Samples.Key(1));
        untimed = untimed with { Order = untimed.Order with { ShipBy = null }, Entries = [untimed.Entries[0] with { OccurredAt = null, ShipBy = null }] };
        var dueless = Samples.Case(Samples.Key(1), "a", 1) with { DueAt = null };

        Assert.DoesNotContain(0L, await store.SaveAsync(untimed with { Cases = [dueless, Samples.Case(Samples.Key(1), "b", 1)] }, Samples.Full(Samples.Key(2))));

        Assert.Null(Assert.Single(await store.Queries.ReadJournalAsync(Samples.Key(1))).OccurredAt);
        Assert.Equal(Samples.Noon.AddTicks(10), Assert.Single(await store.Queries.ReadJournalAsync(Samples.Key(2))).OccurredAt);
    }

    [Fact]
    public async Task One_order_may_be_looked_up_several_times_in_one_call()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1), factId: "one"), Samples.Change(Samples.Key(2), factId: "two"));

        await using var unit = await store.Units.BeginAsync();
        var found = await store.Orders.LoadAsync(unit,
        [
            new(Samples.Key(1), "taobao", "one", null), new(Samples.Key(9), "taobao", "one", "one"),
            new(Samples.Key(1), "taobao", "other", "one"), new(Samples.Key(2), "jd", "two", "two"), new(Samples.Key(1), "taobao", "one", "none"),
        ]);

        Assert.Equal([true, false, true, true, true], found.Select(finding => finding.Order is not null));
        Assert.Equal(new EarlierFact(1, "placed", 1990, 2, "CNY"), found[0].Earlier);
        Assert.Equal([true, false, false, false, true], found.Select(finding => finding.Earlier is not null));
        Assert.Equal([false, false, true, false, false], found.Select(finding => finding.RevokedIsKnown));
    }

    [Fact]
    public async Task A_case_is_opened_once_closed_and_opened_again()
    {
        await using var store = await OpenAsync();
        var key = Samples.Key(1);
        await store.SaveAsync(Samples.Change(key) with { Cases = [Samples.Case(key, "a", 1), Samples.Case(key, "b", 1)] });
        await store.SaveAsync(Samples.Change(key, 1) with { Cases = [Samples.Case(key, "a", 2), Samples.Closing(key, "b", 2)] });
        await store.SaveAsync(Samples.Change(key, 2) with { Cases = [Samples.Closing(key, "a", 3), Samples.Case(key, "a", 3), Samples.Case(key, "c", 3), Samples.Closing(key, "c", 3)] });

        Assert.Equal("a", Assert.Single((await store.Cases.QueryAsync(new CaseQuery())).Items).Code);
        var all = (await store.Cases.QueryAsync(new CaseQuery { IncludeClosed = true })).Items;
        Assert.Equal([("a", 1L, (long?)3), ("a", 3, null), ("b", 1, 2), ("c", 3, 3)], all.Select(c => (c.Code, c.OpenedVersion, c.ClosedVersion)).Order());
        Assert.Equal(new Dictionary<string, int> { ["a"] = 1 }, await store.Cases.CountOpenAsync(TenantId.Default));
    }

    [Fact]
    public async Task Pages_of_orders_meet_each_order_once()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync([.. Enumerable.Range(1, 25).Select(n => Samples.Change(Samples.Key(n)))]);
        var seen = new List<OrderKey>();
        string? continuation = null;
        do
        {
            var page = await store.Queries.SearchAsync(new OrderQuery { PageSize = 10, Continuation = continuation });
            seen.AddRange(page.Items.Select(order => order.Key));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct().Count());
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Queries.SearchAsync(new OrderQuery { Continuation = "x" }));
    }

    [Theory]
    [InlineData("T-100%", 1)]
    [InlineData("T-100%_", 0)]
    [InlineData("T-1", 2)]
    [InlineData("TB_", 3)]
    [InlineData("Ü", 1)]
    [InlineData("'; DROP TABLE orderkit_orders; --", 0)]
    public async Task Text_finds_the_beginning_of_any_number_and_nothing_else(string text, int found)
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(
            Samples.Change(Samples.Key(1)) with { Links = [Samples.Number("T-100%x"), Samples.Number("T-100x", ReferenceKind.Waybill)] },
            Samples.Change(Samples.Key(2)) with { Links = [Samples.Number("T-12"), Samples.Number("Über")] },
            Samples.Change(Samples.Key(3)));

        Assert.Equal(found, (await store.Queries.SearchAsync(new OrderQuery { Text = text })).Items.Count);
    }

    [Fact]
    public async Task Filters_are_joined()
    {
        await using var store = await OpenAsync();
        var held = Samples.Change(Samples.Key(2), headline: "paid");
        held = held with { Order = held.Order with { Snapshot = held.Order.Snapshot with { Holds = 1, Cases = 4, States = new StateCodes().With(2, 77) } } };
        await store.SaveAsync(Samples.Change(Samples.Key(1)), held);

        async Task<int> Count(OrderQuery query) => (await store.Queries.SearchAsync(query)).Items.Count;
        Assert.Equal(1, await Count(new OrderQuery { IsHeld = true }));
        Assert.Equal(1, await Count(new OrderQuery { IsHeld = false, HasOpenCase = false }));
        Assert.Equal(1, await Count(new OrderQuery { States = [77, 78] }));
        Assert.Equal(1, await Count(new OrderQuery { States = [0x8001] }));
        Assert.Equal(2, await Count(new OrderQuery { Headlines = ["paid", "placed"] }));
        Assert.Equal(0, await Count(new OrderQuery { Headlines = ["placed"], IsHeld = true }));
        Assert.Equal(2, await Count(new OrderQuery { PlacedFrom = Samples.Noon, PlacedBefore = Samples.Noon.AddTicks(10) }));
        Assert.Equal(0, await Count(new OrderQuery { PlacedBefore = Samples.Noon }));
        Assert.Equal(0, await Count(new OrderQuery { Tenant = new TenantId("other") }));
        Assert.Equal(new Dictionary<string, long> { ["paid"] = 1, ["placed"] = 1 }, await store.Queries.CountByHeadlineAsync(TenantId.Default));
    }

    [Fact]
    public async Task A_fact_waits_once_and_is_taken_once()
    {
        await using var store = await OpenAsync();
        var fact = new ParkedFact(Samples.Number("T-1"), Samples.Fact(), ParkReason.UnknownNumber, Samples.Noon);
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Orders.ParkAsync(unit, [fact, fact, fact with { Fact = Samples.Fact("n-2"), ParkedAt = Samples.Noon.AddHours(-1) }]);
            await unit.CommitAsync();
        }

        Assert.Equal(2, (await store.Queries.ParkedAsync(TenantId.Default)).Items.Count);
        await using (var unit = await store.Units.BeginAsync())
        {
            var taken = await store.Orders.TakeParkedAsync(unit, [Samples.Number("T-2"), Samples.Number("T-1"), Samples.Number("T-1")]);
            Assert.Equal(["n-2", "n-1"], taken.Select(t => t.Fact.Id));
            Assert.Empty(await store.Orders.TakeParkedAsync(unit, [Samples.Number("T-1")]));
            await unit.CommitAsync();
        }
    }

    [Fact]
    public async Task A_lane_that_fails_holds_back_nobody_else()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(
            Samples.Change(Samples.Key(1)) with { Messages = [Samples.Message(Samples.Key(1), 1), Samples.Message(Samples.Key(1), 2)] },
            Samples.Change(Samples.Key(2)) with { Messages = [Samples.Message(Samples.Key(2), 1)] });
        var lease = TimeSpan.FromMinutes(1);

        var first = await store.Outbox.ClaimAsync("events", 10, lease);
        Assert.Equal([$"{Samples.Key(1).Order}:1", $"{Samples.Key(2).Order}:1"], first.Select(d => d.Message.MessageId));
        Assert.Empty(await store.Outbox.ClaimAsync("events", 10, lease));
        Assert.True(await store.Outbox.RetryAsync(first[0], TimeSpan.FromMinutes(5), "no \0 answer"));
        Assert.Equal(1, await store.Outbox.CompleteAsync([first[1]]));
        Assert.Equal(0, await store.Outbox.CompleteAsync([first[1]]));
        store.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await store.Outbox.ClaimAsync("events", 10, lease));
        store.Advance(TimeSpan.FromMinutes(4));
        var again = Assert.Single(await store.Outbox.ClaimAsync("events", 10, lease));
        Assert.Equal((2, first[0].Id), (again.Attempt, again.Id));
        Assert.False(await store.Outbox.RetryAsync(first[0], lease, "late"));
        Assert.Equal(0, await store.Outbox.CompleteAsync([first[0]]));
        Assert.Equal(1, await store.Outbox.CompleteAsync([again]));
        Assert.Equal($"{Samples.Key(1).Order}:2", Assert.Single(await store.Outbox.ClaimAsync("events", 10, lease)).Message.MessageId);
        Assert.Equal(1, (await store.Outbox.BacklogAsync("events")).Count);
        Assert.Equal(new MessageBacklog(0, null), await store.Outbox.BacklogAsync("nobody"));
    }

    [Fact]
    public async Task A_lapsed_claim_is_claimed_again_and_the_first_no_longer_counts()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1)) with { Messages = [Samples.Message(Samples.Key(1), 1)] });

        var first = Assert.Single(await store.Outbox.ClaimAsync("events", 1, TimeSpan.FromSeconds(10)));
        store.Advance(TimeSpan.FromSeconds(11));
        var second = Assert.Single(await store.Outbox.ClaimAsync("events", 1, TimeSpan.FromSeconds(10)));

        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal(0, await store.Outbox.CompleteAsync([first]));
        Assert.Equal(1, await store.Outbox.CompleteAsync([second]));
    }

    [Fact]
    public async Task Deadlines_are_claimed_when_they_pass_and_given_back_by_version()
    {
        await using var store = await OpenAsync();
        var key = Samples.Key(1);
        await store.SaveAsync(Samples.Change(key) with { Deadlines = [new(0, Samples.Noon.AddHours(2), 1, "b", null), new(1, Samples.Noon.AddHours(1), 1, "a", "probe")] });
        var lease = TimeSpan.FromMinutes(1);
        Assert.Empty(await store.Deadlines.ClaimDueAsync(10, lease));
        Assert.Equal((2L, (DateTimeOffset?)Samples.Noon.AddHours(1)), await store.Deadlines.CountAsync());

        store.Advance(TimeSpan.FromHours(3));
        var due = await store.Deadlines.ClaimDueAsync(10, lease);
        Assert.Equal(["a", "b"], due.Select(d => d.Trigger));
        Assert.Empty(await store.Deadlines.ClaimDueAsync(10, lease));
        await store.Deadlines.PostponeAsync([due[0], due[1] with { Version = 9 }], TimeSpan.FromMinutes(30));
        Assert.Equal(2, (await store.Deadlines.CountAsync()).Armed);
        store.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal("b", Assert.Single(await store.Deadlines.ClaimDueAsync(10, TimeSpan.FromHours(1))).Trigger);
        store.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("a", Assert.Single(await store.Deadlines.ClaimDueAsync(10, lease)).Trigger);
    }

    [Fact]
    public async Task A_lease_has_one_holder_and_growing_epochs()
    {
        await using var store = await OpenAsync();
        var minute = TimeSpan.FromMinutes(1);
        var first = (await store.Leases.TryAcquireAsync("sealer", "a", minute))!;

        Assert.Null(await store.Leases.TryAcquireAsync("sealer", "b", minute));
        Assert.Equal(first.Epoch, (await store.Leases.TryAcquireAsync("sealer", "a", minute))!.Epoch);
        store.Advance(TimeSpan.FromMinutes(2));
        var second = (await store.Leases.TryAcquireAsync("sealer", "b", minute))!;
        Assert.True(second.Epoch > first.Epoch);
        await store.Leases.ReleaseAsync(first);
        Assert.Null(await store.Leases.TryAcquireAsync("sealer", "a", minute));
        await store.Leases.ReleaseAsync(second);
        Assert.True((await store.Leases.TryAcquireAsync("sealer", "b", minute))!.Epoch > second.Epoch);
    }

    [Fact]
    public async Task Segments_seal_rows_once()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1)), Samples.Change(Samples.Key(2)));
        var rows = await store.Journal.ReadUnsealedAsync(10);
        Assert.Equal(2, rows.Count);
        Assert.Null(await store.Journal.LastSegmentAsync());

        var segment = new JournalSegment(1, default, [.. rows.Select(r => new JournalLeaf(r.OrderNo, r.Entry.Version, Digest.Of("x"u8)))], Samples.Noon, Digest.Of("s"u8));
        Assert.True(await store.Journal.AppendSegmentAsync(segment));
        Assert.False(await store.Journal.AppendSegmentAsync(segment));

        Assert.Equal(0, await store.Journal.CountUnsealedAsync());
        var last = (await store.Journal.LastSegmentAsync())!;
        Assert.Equal(segment.Leaves, last.Leaves);
        Assert.Equal(segment.Hash, last.Hash);
        Assert.Equal(2, (await store.Journal.ReadMarkedAsync(1, 1)).Count);
        var read = await store.Journal.ReadRowsAsync([(rows[1].OrderNo, 1), (rows[0].OrderNo, 2), (rows[0].OrderNo, 1)]);
        Assert.Equal([1L, null, 1L], read.Select(row => row?.Entry.Segment));
        Assert.Equal([1, 1], (await store.Journal.ScanAsync(0, 10)).Select(journal => journal.Entries.Count));
    }

    [Fact]
    public async Task Erasing_takes_the_details_and_leaves_the_rows()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Full(Samples.Key(1)), Samples.Full(Samples.Key(2)));
        await using var unit = await store.Units.BeginAsync();

        Assert.Equal(1, await store.Orders.EraseDetailsAsync(unit, Samples.Key(1)));
        Assert.Equal(0, await store.Orders.EraseDetailsAsync(unit, Samples.Key(1)));
        await unit.CommitAsync();

        Assert.Equal(2, await store.CountAsync("journal"));
        Assert.Single(await store.Queries.ReadDetailsAsync(Samples.Key(2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xD800)]
    public async Task A_text_that_no_database_keeps_is_refused_before_anything_is_sent(int character)
    {
        var text = $"a{(char)character}b";
        await using var store = await OpenAsync();
        await using var host = await store.OpenHostAsync();
        await using var transaction = await host.BeginTransactionAsync();
        await using var unit = SqlUnitOfWork.Enlist(transaction);
        var change = Samples.Change(Samples.Key(1));

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Orders.SaveAsync(unit, [change with { Entries = [change.Entries[0] with { RawStatus = text }] }]));
        // The transaction is as good as before, also on PostgreSQL.
        Assert.Null((await store.Orders.LoadAsync(unit, [new OrderLookup(Samples.Key(1), "x", "y", null)]))[0].Order);
    }

    [Fact]
    public async Task Two_hundred_writers_of_one_order_leave_a_journal_without_a_gap()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1)));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, 200).Select(async writer =>
        {
            await gate.Task;
            await using var unit = await store.Units.BeginAsync();
            var version = (await store.Orders.LoadAsync(unit, [new OrderLookup(Samples.Key(1), "x", "y", null)]))[0].Order!.Snapshot.Version;
            var saved = await store.Orders.SaveAsync(unit, [Samples.Change(Samples.Key(1), version, $"w{writer}")]);
            await unit.CommitAsync();
            return saved[0] != 0;
        }).ToList();
        gate.SetResult();
        var won = (await Task.WhenAll(writers)).Count(w => w);

        var journal = await store.Queries.ReadJournalAsync(Samples.Key(1));
        Assert.True(won >= 1);
        Assert.Equal(Enumerable.Range(1, won + 1).Select(n => (long)n), journal.Select(entry => entry.Version));
        Assert.Equal(won + 1, (await store.Queries.FindAsync(Samples.Key(1)))!.Snapshot.Version);
    }

    [Fact]
    public async Task Two_creators_of_one_order_leave_one_order()
    {
        await using var store = await OpenAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var creators = Enumerable.Range(0, 20).Select(async writer =>
        {
            await gate.Task;
            return (await store.SaveAsync(Samples.Full(Samples.Key(1))))[0];
        }).ToList();
        gate.SetResult();

        Assert.Single(await Task.WhenAll(creators), number => number != 0);
        Assert.Equal(1, await store.CountAsync("journal"));
        Assert.Equal(1, await store.CountAsync("outbox"));
    }

    [Fact]
    public async Task Many_pumps_deliver_each_message_once_and_each_lane_in_order()
    {
        await using var store = await OpenAsync();
        for (var version = 1; version <= 5; version++)
        {
            await store.SaveAsync([.. Enumerable.Range(1, 20).Select(n => Samples.Change(Samples.Key(n), version - 1) with { Messages = [Samples.Message(Samples.Key(n), version)] })]);
        }

        var delivered = new System.Collections.Concurrent.ConcurrentQueue<(string Lane, string Id)>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while ((await store.Outbox.BacklogAsync("events")).Count > 0)
            {
                var claimed = await store.Outbox.ClaimAsync("events", 7, TimeSpan.FromMinutes(10));
                foreach (var delivery in claimed)
                {
                    delivered.Enqueue((delivery.Message.Lane, delivery.Message.MessageId));
                }

                await store.Outbox.CompleteAsync(claimed);
            }
        })));

        Assert.Equal(100, delivered.Count);
        Assert.All(delivered.GroupBy(d => d.Lane), lane => Assert.Equal(lane.Select(d => d.Id).Order(StringComparer.Ordinal), lane.Select(d => d.Id)));
    }
}
