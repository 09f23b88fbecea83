using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Eng;
using OrderKit.Messaging;

namespace OrderKit.Sql.Tests;

/// <summary>Messages on their whole way through a SQL store: in, handled, given up, redriven.</summary>
public abstract class MessageTests
{
    protected abstract Task<TestStore> OpenAsync();

    /// <summary>Opens a store once more, with something around its connections.</summary>
    protected abstract TestStore Reopen(TestStore store, Func<DbConnection, DbConnection> around);

    [Fact]
    public async Task A_head_of_the_outbox_that_leaves_while_a_claim_puts_off_its_lane_strands_no_message()
    {
        await using var store = await OpenAsync();
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Outbox.AppendAsync(
                unit, [.. Numbers.Select(i => new OutboxMessage(i, "events", TenantId.Default, "A", "test", default))]);
            await unit.CommitAsync();
        }

        await LeaveWhileOthersArePutOffAsync(store, "events", static one => one.Outbox);
    }

    [Fact]
    public async Task A_head_of_the_inbox_that_leaves_while_a_claim_puts_off_its_lane_strands_no_message()
    {
        await using var store = await OpenAsync();
        await new Inbox(store.Inbox, store.Units).AcceptAsync([.. Numbers.Select(static i => Message(i))]);

        await LeaveWhileOthersArePutOffAsync(store, "payments", static one => one.Inbox);
    }

    [Fact]
    public async Task An_effect_and_the_mark_that_its_message_is_done_are_one_transaction()
    {
        await using var store = await OpenAsync();
        await new Inbox(store.Inbox, store.Units).AcceptAsync([Message("a", "A"), Message("b", "B")]);
        var handler = new Effects(store) { Fails = true };

        Assert.Equal(new PumpResult(0, 2), await Pump(store, handler).PumpOnceAsync());
        Assert.Equal(0, await store.CountAsync("outbox"));

        handler.Fails = false;
        store.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new PumpResult(2, 0), await Pump(store, handler).PumpAllAsync());
        Assert.Equal(2, await store.CountAsync("outbox"));
        Assert.Equal(2, await store.CountAsync("inbox", "state = 1 AND length(body) = 0"));
    }

    [Fact]
    public async Task A_bad_message_among_many_fails_by_itself_and_each_of_the_others_has_one_effect()
    {
        await using var store = await OpenAsync();
        await new Inbox(store.Inbox, store.Units).AcceptAsync([.. Enumerable.Range(0, 200).Select(i => Message($"{i}", $"{i}"))]);
        var pump = Pump(store, new Effects(store) { Fails = true, FailsFor = ["37", "38", "199"] });

        Assert.Equal(197, (await pump.PumpAllAsync()).Delivered);
        Assert.Equal(197, await store.CountAsync("outbox"));
        Assert.Equal(0, await store.CountAsync("outbox", "message_id IN ('37', '38', '199')"));
        Assert.Equal(3, (await store.Inbox.BacklogAsync("payments")).Count);
    }

    [Fact]
    public async Task Pumps_that_run_at_once_have_one_effect_for_each_message_however_often_it_came()
    {
        await using var store = await OpenAsync();
        var inbox = new Inbox(store.Inbox, store.Units);
        var messages = Enumerable.Range(0, 40).Select(i => Message($"{i}", $"lane-{i % 8}")).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            await inbox.AcceptAsync(i % 2 == 0 ? messages : [.. messages.Reverse()]);
            await Pump(store, new Effects(store)).PumpAllAsync();
        })));
        await Pump(store, new Effects(store)).PumpAllAsync();

        Assert.Equal(40, await store.CountAsync("outbox"));
        Assert.Equal(0, (await store.Inbox.BacklogAsync("payments")).Count);
    }

    [Fact]
    public async Task A_message_that_is_given_up_is_in_one_table_or_the_other_and_redriven_once()
    {
        await using var store = await OpenAsync();
        await new Inbox(store.Inbox, store.Units).AcceptAsync([Message("a")]);
        Assert.Equal(1, (await Pump(store, new Effects(store) { Fails = true }, attempts: 1).PumpAllAsync()).Dead);
        var number = Assert.Single((await store.DeadLetters.QueryAsync(new DeadLetterQuery())).Items).Number;
        var letters = store.Services.GetRequiredService<DeadLetters>();

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => letters.RedriveAsync(number, "li"))));
        Assert.Single(results.OfType<RedriveResult.Redriven>());
        Assert.Equal(5, results.OfType<RedriveResult.AlreadyClosed>().Count());
        Assert.Equal(1, await store.CountAsync("dead_letter_acts"));

        await Pump(store, new Effects(store)).PumpAllAsync();
        Assert.Equal(1, await store.CountAsync("outbox"));
        Assert.Equal([InboxReceipt.Duplicate], await new Inbox(store.Inbox, store.Units).AcceptAsync([Message("a")]));
    }

    [Fact]
    public async Task A_message_of_the_outbox_that_is_given_up_and_redriven_goes_out_once()
    {
        await using var store = await OpenAsync();
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Outbox.AppendAsync(unit, [new OutboxMessage("m", "events", TenantId.Default, "A", "nobody's", new byte[] { 0xFF, 0 })]);
            await unit.CommitAsync();
        }

        var pump = new OutboxPump(
            store.Outbox, store.DeadLetters, store.Pauses, store.Units, new(new Refusing()), Options.Create(new OutboxPumpOptions { MaxAttempts = 1 }));
        Assert.Equal(1, (await pump.PumpAllAsync()).Dead);
        Assert.Equal(0, await store.CountAsync("outbox"));
        var letter = Assert.Single((await store.DeadLetters.QueryAsync(new DeadLetterQuery())).Items);

        var letters = store.Services.GetRequiredService<DeadLetters>();
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => letters.RedriveAsync(letter.Number, "li"))));
        Assert.Single(results.OfType<RedriveResult.Redriven>());
        var again = Assert.Single(await store.Outbox.ClaimAsync("events", 10, TimeSpan.FromMinutes(1)));
        Assert.Equal(("m", "A"), (again.Message.MessageId, again.Message.Lane));
        Assert.Equal(new byte[] { 0xFF, 0 }, again.Message.Body.ToArray());
    }

    // More than a claim reads over without putting them off.
    private static IEnumerable<string> Numbers => Enumerable.Range(0, 100).Select(static i => $"{i}");

    private async Task LeaveWhileOthersArePutOffAsync<TDelivery>(TestStore store, string name, Func<TestStore, ILaneStore<TDelivery>> of)
        where TDelivery : MessageDelivery
    {
        var minute = TimeSpan.FromMinutes(1);
        var head = Assert.Single(await of(store).ClaimAsync(name, 100, minute));
        await ResetAsync();
        var (hasRead, hasLeft) = (false, false);
        await using var other = Reopen(store, inner => new RecordingConnection(inner, async step =>
        {
            if (hasRead && !hasLeft)
            {
                // A transaction of a host does not wait for the gate of the writers, which the claim may hold by now.
                hasLeft = true;
                await using var host = await store.OpenHostAsync();
                await using var transaction = await host.BeginTransactionAsync();
                Assert.True(await of(store).RemoveAsync(SqlUnitOfWork.Enlist(transaction), head));
                await transaction.CommitAsync();
            }

            hasRead |= step.Statements.Any(static statement => statement.Text.Contains("met AS MATERIALIZED", StringComparison.Ordinal));
        }));
        await of(other).ClaimAsync(name, 100, minute);
        Assert.True(hasLeft);

        store.Advance(minute * 2);
        var handled = new List<string>();
        while (await of(store).ClaimAsync(name, 100, minute) is { Count: > 0 } claimed)
        {
            var next = Assert.Single(claimed);
            handled.Add(next.MessageId);
            await using var unit = await store.Units.BeginAsync();
            Assert.True(await of(store).RemoveAsync(unit, next));
            await unit.CommitAsync();
        }

        Assert.Equal(Numbers.Skip(1), handled);

        // The claim of the head may have put the others off: the sequence begins with messages that nobody has put off.
        async Task ResetAsync()
        {
            await using var host = await store.OpenHostAsync();
            await using var command = host.CreateCommand();
            command.CommandText = $"UPDATE {store.Table(name == "events" ? "outbox" : "inbox")} SET waiting = 0, blocks = 0";
            Assert.Equal(100, await command.ExecuteNonQueryAsync());
        }
    }

    private static InboxMessage Message(string id, string lane = "A") => new(id, "payments", TenantId.Default, lane, "notification", new byte[] { 0xFF, 0 });

    private static InboxPump Pump(TestStore store, IInboxHandler handler, int attempts = 100) => new(
        store.Inbox, store.DeadLetters, store.Pauses, store.Units, new(handler), Options.Create(new InboxPumpOptions { MaxAttempts = attempts }));

    private sealed class Effects(TestStore store) : IInboxHandler
    {
        public string Consumer => "payments";

        public bool Fails { get; set; }

        /// <summary>The messages that fail; all of them where there are none.</summary>
        public string[] FailsFor { get; init; } = [];

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            await store.Outbox.AppendAsync(
                unitOfWork, [new OutboxMessage(delivery.Message.MessageId, "effects", TenantId.Default, "A", "effect", default)], cancellationToken);
            if (Fails && (FailsFor.Length == 0 || FailsFor.Contains(delivery.Message.MessageId)))
            {
                throw new FormatException("No amount.");
            }
        }
    }

    private sealed class Refusing : IOutboxSink
    {
        public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken) => throw new FormatException("No order.");
    }
}
