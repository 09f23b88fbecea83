using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>Every statement that runs all day, once.</summary>
internal static class DailyWork
{
    public static async Task RunAsync(TestStore store)
    {
        var (a, b) = (Samples.Key(1), Samples.Key(2));
        var minute = TimeSpan.FromMinutes(1);
        await store.SaveAsync(Samples.Full(a), Samples.Full(b));
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Orders.ResolveAsync(unit, [Samples.Number("shared", ReferenceKind.Waybill), Samples.Number("none")]);
            await store.Orders.LoadAsync(unit, [new OrderLookup(a, "taobao", "x", "y"), new OrderLookup(b, "taobao", "x", null)]);
            await store.Orders.SaveAsync(unit, [Samples.Full(a, 1) with { Cases = [Samples.Closing(a, "shipped-not-cleared", 2)] }, Samples.Full(b, 1)]);
            await store.Orders.ParkAsync(unit, [new ParkedFact(Samples.Number("T-9"), Samples.Fact(), ParkReason.UnknownNumber, Samples.Noon)]);
            await store.Orders.TakeParkedAsync(unit, [Samples.Number("T-9")]);
            await store.Orders.EraseDetailsAsync(unit, a);
            await unit.CommitAsync();
        }

        var claimed = await store.Outbox.ClaimAsync("events", 10, minute);
        await store.Outbox.RetryAsync(claimed[0], minute, "failed");
        await store.Outbox.CompleteAsync([.. claimed.Skip(1)]);
        await MessagesAsync(store, minute);
        store.Advance(TimeSpan.FromHours(2));
        var due = await store.Deadlines.ClaimDueAsync(10, minute);
        await store.Deadlines.PostponeAsync(due, minute);
        var lease = (await store.Leases.TryAcquireAsync("work", "me", minute))!;
        await store.Leases.ReleaseAsync(lease);

        await store.Queries.FindAsync(a);
        await store.Queries.FindAsync(Samples.Number("shared", ReferenceKind.Waybill));
        await store.Queries.ReadJournalAsync(a);
        await store.Queries.ReadDetailsAsync(b);
        await store.Queries.ReferencesOfAsync(a);
        await store.Queries.DeadlinesOfAsync(a);
        await store.Queries.ParkedAsync(TenantId.Default);
        var page = await store.Queries.SearchAsync(new OrderQuery { PageSize = 1 });
        await store.Queries.SearchAsync(new OrderQuery { PageSize = 1, Continuation = page.Continuation });
        await store.Queries.SearchAsync(new OrderQuery { Text = "T-" });
        await store.Cases.QueryAsync(new CaseQuery());
        await store.Cases.QueryAsync(new CaseQuery { Order = a, IncludeClosed = true });

        await RunDuplicatesAsync(store, a, b);

        var rows = await store.Journal.ReadUnsealedAsync(10);
        await store.Journal.LastSegmentAsync();
        await store.Journal.AppendSegmentAsync(new JournalSegment(1, default, [.. rows.Select(r => new JournalLeaf(r.OrderNo, r.Entry.Version, default))], Samples.Noon, default));
        await store.Journal.ReadSegmentsAsync(1, 10);
        await store.Journal.ReadRowsAsync([(rows[0].OrderNo, 1)]);
        await store.Journal.ReadMarkedAsync(1, 10);
        await store.Journal.ScanAsync(0, 10);
    }

    private static async Task RunDuplicatesAsync(TestStore store, OrderKey a, OrderKey b)
    {
        var guard = new DuplicateGuard("cart", Digest.Of("subject"u8), a, TimeSpan.FromMinutes(15), null, ExtendsWindow: true);
        var suspicion = new SuspectedDuplicate(b, "cart", a, SuspicionState.Held, Samples.Noon, TimeSpan.FromMinutes(1), Samples.Noon, "alipay", null);
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.DuplicateOrders.GuardAsync(unit, [guard, guard with { Order = b, At = Samples.Noon.AddYears(50), Window = TimeSpan.MaxValue }]);
            await store.DuplicateOrders.SaveAsync(unit, [suspicion], [Samples.Message(b, 9)]);
            await store.DuplicateOrders.LoadAsync(unit, b);
            await store.DuplicateOrders.DecideAsync(unit, [new DuplicateDecision(b, SuspicionState.Released, "user-9", "two gifts", [])]);
            await store.DuplicateOrders.LoadActsAsync(unit, b);
            await store.DuplicateOrders.ReleaseAsync(unit, a, ["cart"]);
            await unit.CommitAsync();
        }

        await store.DuplicateOrderQueries.DueAsync(10);
        var page = new DuplicateOrderQuery { From = Samples.Noon.AddDays(-1), Before = Samples.Noon.AddDays(1) };
        await store.DuplicateOrderQueries.QueryAsync(page);
        await store.DuplicateOrderQueries.QueryAsync(page with { PaymentChannel = "alipay" });
        await store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Order = a });
        await store.DuplicateOrderQueries.ReadActsAsync(b);
    }

    private static async Task MessagesAsync(TestStore store, TimeSpan minute)
    {
        InboxMessage MessageOf(string id) => new(id, "payments", TenantId.Default, id, "notification", "body"u8.ToArray());
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Outbox.AppendAsync(unit, [new OutboxMessage("x", "x", TenantId.Default, "x", "x", default)]);
            await store.Outbox.AppendAsync(unit, [new OutboxMessage("y", "x", TenantId.Default, "y", "x", default), new OutboxMessage("z", "x", TenantId.Default, "z", "x", default)]);
            await store.Inbox.AcceptAsync(unit, [MessageOf("1"), MessageOf("2"), MessageOf("3"), MessageOf("4")]);
            await unit.CommitAsync();
        }

        var outgoing = await store.Outbox.ClaimAsync("x", 1, minute);
        var incoming = await store.Inbox.ClaimAsync("payments", 10, minute);
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Outbox.RemoveAsync(unit, outgoing[0]);
            await store.Inbox.CompleteAsync(unit, [incoming[0]], TimeSpan.Zero);
            await store.Inbox.RemoveAsync(unit, incoming[1]);
            await store.Inbox.RemoveAsync(unit, incoming[2]);
            await store.DeadLetters.AddAsync(unit, [DeadLetter.Of(MessageFlow.Outbox, outgoing[0], "TimeoutException", "No answer."), DeadLetter.Of(MessageFlow.Inbox, incoming[1], "x", "x")]);
            await unit.CommitAsync();
        }

        await store.Inbox.StartAsync(incoming[3]);
        await store.Inbox.RetryAsync(incoming[3], minute, "failed");
        var letters = (await store.DeadLetters.QueryAsync(new DeadLetterQuery())).Items;
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Inbox.BringBackAsync(unit, incoming[1].Message);
            await store.Inbox.SettleAsync(unit, incoming[2].Message, TimeSpan.Zero);
            await store.DeadLetters.CloseAsync(unit, letters[0].Number, DeadLetterState.Redriven, "li", null);
            await store.DeadLetters.CloseAsync(unit, letters[1].Number, DeadLetterState.Discarded, "li", "test data");
            await unit.CommitAsync();
        }

        await DeepLaneAsync(store, minute);
        await store.Inbox.SweepAsync(10);
        await store.Inbox.BacklogAsync("payments");
        await store.Outbox.BacklogAsync("x");
        await store.DeadLetters.FindAsync(letters[0].Number);
        await store.DeadLetters.ActsAsync(letters[0].Number);
        await store.DeadLetters.QueryAsync(new DeadLetterQuery { Name = "payments", ErrorClass = "x" });
        await store.DeadLetters.QueryAsync(new DeadLetterQuery { Lane = "1", State = null });
        await store.DeadLetters.QueryAsync(new DeadLetterQuery { MessageId = "1", Continuation = ".1", Flow = MessageFlow.Inbox, Tenant = TenantId.Default });
        await store.Pauses.PauseAsync(MessageFlow.Outbox, "x", "li", null);
        await store.Pauses.PauseAsync(MessageFlow.Inbox, "x", "li", "maintenance");
        await store.Pauses.FindAsync(MessageFlow.Outbox, "x");
        await store.Pauses.ResumeAsync(MessageFlow.Outbox, "x");
    }
    // So many behind the head that they are put off, and one is let in again.
    private static async Task DeepLaneAsync(TestStore store, TimeSpan minute)
    {
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Outbox.AppendAsync(unit, [.. Enumerable.Range(0, 100).Select(i => new OutboxMessage($"{i}", "deep", TenantId.Default, "deep", "x", default))]);
            await store.Inbox.AcceptAsync(unit, [.. Enumerable.Range(0, 100).Select(i => new InboxMessage($"{i}", "deep", TenantId.Default, "deep", "x", default))]);
            await unit.CommitAsync();
        }

        await store.Outbox.CompleteAsync(await store.Outbox.ClaimAsync("deep", 10, minute));
        await store.Outbox.StartAsync(Assert.Single(await store.Outbox.ClaimAsync("deep", 10, minute)));
        var incoming = await store.Inbox.ClaimAsync("deep", 10, minute);
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Inbox.CompleteAsync(unit, incoming, minute);
            await unit.CommitAsync();
        }

        await store.Inbox.ReleaseAsync(await store.Inbox.ClaimAsync("deep", 10, minute));
    }
}
