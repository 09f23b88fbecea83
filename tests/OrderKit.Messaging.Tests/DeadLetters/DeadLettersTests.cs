using OrderKit.Core;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging.Tests;

/// <summary>What people do with messages that were given up.</summary>
public sealed class DeadLettersTests : IDisposable
{
    private readonly Post _post = new();

    public void Dispose() => _post.Dispose();

    [Fact]
    public async Task A_redriven_message_goes_out_again_under_its_own_id_and_with_its_own_bytes()
    {
        var number = await BuryOutgoingAsync("m");

        Assert.IsType<RedriveResult.Redriven>(await _post.DeadLetters().RedriveAsync(number, "li", "the partner is back"));

        var again = Assert.Single(await _post.Store.ClaimAsync("events", 10, TimeSpan.FromMinutes(1)));
        Assert.Equal(("m", "lane-m", "test", 1), (again.Message.MessageId, again.Message.Lane, again.Message.Type, again.Attempt));
        Assert.Equal(new byte[] { 0xFF, 0x00 }, again.Message.Body.ToArray());
        Assert.Equal([new DeadLetterAct(number, DeadLetterState.Redriven, "li", Post.Noon, "the partner is back")], await _post.DeadLetters().ActsAsync(number));
    }

    [Fact]
    public async Task Redriving_twice_is_one_effect()
    {
        var number = await BuryOutgoingAsync("m");
        var letters = _post.DeadLetters();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var redrives = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await gate.Task;
            return await letters.RedriveAsync(number, "li");
        })).ToList();
        gate.SetResult();

        var results = await Task.WhenAll(redrives);
        Assert.Single(results.OfType<RedriveResult.Redriven>());
        Assert.Equal(7, results.Count(result => result is RedriveResult.AlreadyClosed { State: DeadLetterState.Redriven }));
        Assert.Equal(1, await _post.WaitingAsync());
        Assert.Single(await letters.ActsAsync(number));
    }

    [Fact]
    public async Task A_redriven_message_of_the_inbox_is_handled_once_and_its_redelivery_recognised()
    {
        var number = await BuryIncomingAsync("m");
        var letters = _post.DeadLetters();

        Assert.IsType<RedriveResult.Redriven>(await letters.RedriveAsync(number, "li"));
        Assert.IsType<RedriveResult.AlreadyClosed>(await letters.RedriveAsync(number, "li"));

        var handler = new Counting();
        Assert.Equal(1, (await _post.InboxPump(handler).PumpAllAsync()).Delivered);
        Assert.Equal([InboxReceipt.Duplicate], await new Inbox(_post.Inbox, _post.Database).AcceptAsync([Incoming("m")]));
        Assert.Equal(default, await _post.InboxPump(handler).PumpAllAsync());
        Assert.Equal(1, handler.Count);
    }

    [Fact]
    public async Task A_letter_whose_message_the_inbox_has_done_after_all_has_no_second_effect()
    {
        var first = await BuryIncomingAsync("m");
        await _post.DeadLetters().RedriveAsync(first, "li");
        var handler = new Counting();
        await _post.InboxPump(handler).PumpAllAsync();
        var letter = (await _post.Letters.FindAsync(first))!;
        await using (var unit = await _post.Database.BeginAsync())
        {
            await _post.Letters.AddAsync(unit, [letter]);
            await unit.CommitAsync();
        }

        Assert.IsType<RedriveResult.Duplicate>(await _post.DeadLetters().RedriveAsync(first + 1, "li"));
        Assert.Equal(default, await _post.InboxPump(handler).PumpAllAsync());
        Assert.Equal(DeadLetterState.Discarded, Assert.Single(await _post.DeadLetters().ActsAsync(first + 1)).To);
        Assert.Equal(1, handler.Count);
    }

    [Fact]
    public async Task A_redrive_by_query_takes_what_the_query_finds_and_says_how_it_went()
    {
        for (var i = 0; i < 5; i++)
        {
            await BuryOutgoingAsync($"m{i}");
        }

        await BuryIncomingAsync("other");
        var query = new DeadLetterQuery { Flow = MessageFlow.Outbox, PageSize = 2 };
        var letters = _post.DeadLetters();

        Assert.Equal(new RedriveReport(5, 0, 0), await letters.RedriveAsync(query, new RedriveOptions { By = "li", IsDryRun = true }));
        Assert.Equal(0, await _post.WaitingAsync());
        Assert.Equal(new RedriveReport(3, 3, 0), await letters.RedriveAsync(query, new RedriveOptions { By = "li", MaxCount = 3 }));
        Assert.Equal(new RedriveReport(2, 2, 0), await letters.RedriveAsync(query, new RedriveOptions { By = "li" }));
        Assert.Equal(5, await _post.WaitingAsync());
        Assert.Single((await letters.QueryAsync(new DeadLetterQuery())).Items);
    }

    [Fact]
    public async Task A_redrive_is_no_faster_than_its_rate()
    {
        for (var i = 0; i < 5; i++)
        {
            await BuryOutgoingAsync($"m{i}");
        }

        var redrive = _post.DeadLetters().RedriveAsync(new DeadLetterQuery(), new RedriveOptions { By = "li", PerSecond = 2 });
        Assert.Equal(2, await _post.WaitingAsync());
        _post.Clock.Advance(TimeSpan.FromSeconds(1));
        while (await _post.WaitingAsync() < 4)
        {
            await Task.Yield();
        }

        Assert.False(redrive.IsCompleted);
        _post.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new RedriveReport(5, 5, 0), await redrive);
    }

    [Fact]
    public async Task A_discarded_message_stays_with_its_reason_and_is_not_redriven()
    {
        var number = await BuryIncomingAsync("m");
        var letters = _post.DeadLetters();

        Assert.Equal(DiscardResult.Discarded, await letters.DiscardAsync(number, "li", "a test order"));
        Assert.Equal(DiscardResult.AlreadyClosed, await letters.DiscardAsync(number, "li", "a test order"));
        Assert.Equal(DiscardResult.NotFound, await letters.DiscardAsync(number + 1, "li", "a test order"));
        Assert.IsType<RedriveResult.AlreadyClosed>(await letters.RedriveAsync(number, "li"));
        Assert.IsType<RedriveResult.NotFound>(await letters.RedriveAsync(number + 1, "li"));

        Assert.Equal("a test order", Assert.Single(await letters.ActsAsync(number)).Note);
        Assert.Equal(new byte[] { 0xFF, 0x00 }, Assert.Single((await letters.QueryAsync(new DeadLetterQuery { State = DeadLetterState.Discarded })).Items).Body.ToArray());
        var inbox = new Inbox(_post.Inbox, _post.Database);
        Assert.Equal([InboxReceipt.Duplicate], await inbox.AcceptAsync([Incoming("m")]));
        _post.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(1, await inbox.SweepAsync());
    }

    [Fact]
    public async Task A_message_that_dies_again_has_a_letter_of_its_own()
    {
        var number = await BuryOutgoingAsync("m");
        await _post.DeadLetters().RedriveAsync(number, "li");
        await PumpAllBadlyAsync();

        var all = (await _post.DeadLetters().QueryAsync(new DeadLetterQuery { State = null, MessageId = "m" })).Items;
        Assert.Equal([DeadLetterState.Redriven, DeadLetterState.Dead], all.Select(letter => letter.State));
    }

    private static InboxMessage Incoming(string id) => new(id, "payments", TenantId.Default, $"lane-{id}", "test", new byte[] { 0xFF, 0x00 });

    private async Task<long> BuryOutgoingAsync(string id)
    {
        await _post.WriteAsync(new OutboxMessage(id, "events", TenantId.Default, $"lane-{id}", "test", new byte[] { 0xFF, 0x00 }));
        await PumpAllBadlyAsync();
        return (await _post.Letters.QueryAsync(new DeadLetterQuery { MessageId = id })).Items[^1].Number;
    }

    private async Task PumpAllBadlyAsync() =>
        Assert.Equal(1, (await _post.Pump(new OutboxPumpOptions { MaxAttempts = 1 }).PumpAllAsync()).Dead);

    private async Task<long> BuryIncomingAsync(string id)
    {
        await new Inbox(_post.Inbox, _post.Database).AcceptAsync([Incoming(id)]);
        Assert.Equal(1, (await _post.InboxPump(new Counting { Fails = true }, new InboxPumpOptions { MaxAttempts = 1 }).PumpAllAsync()).Dead);
        return (await _post.Letters.QueryAsync(new DeadLetterQuery { MessageId = id })).Items[^1].Number;
    }

    private sealed class Counting : IInboxHandler
    {
        public string Consumer => "payments";

        public bool Fails { get; init; }

        public int Count { get; private set; }

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            Count++;
            return Fails ? throw new FormatException("No amount.") : Task.CompletedTask;
        }
    }
}
