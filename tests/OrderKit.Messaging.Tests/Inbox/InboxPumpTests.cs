using System.Globalization;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Eng;

namespace OrderKit.Messaging.Tests;

/// <summary>Each message takes effect once, and in order for its lane.</summary>
public sealed class InboxPumpTests : IDisposable
{
    private readonly Post _post = new();
    private readonly Effects _effects;

    public InboxPumpTests() => _effects = new Effects(_post);

    public void Dispose() => _post.Dispose();

    [Fact]
    public async Task Messages_of_one_lane_take_effect_in_their_order_and_once()
    {
        await AcceptAsync(("a1", "A"), ("a2", "A"), ("b1", "B"), ("a1", "A"));

        Assert.Equal(new PumpResult(3, 0), await _post.InboxPump(_effects).PumpAllAsync());
        Assert.Equal(["a1", "a2"], (await EffectsAsync()).Where(e => e[0] == 'a'));
        Assert.Equal([InboxReceipt.Duplicate], await AcceptAsync(("a1", "A")));
        Assert.Equal(default, await _post.InboxPump(_effects).PumpAllAsync());
    }

    [Fact]
    public async Task A_consumer_that_dies_between_the_effect_and_its_mark_leaves_no_effect()
    {
        await AcceptAsync(("a", "A"));
        _effects.AfterEffect = _ => throw new OperationCanceledException();
        using var crash = new CancellationTokenSource();
        await crash.CancelAsync();
        var claimed = Assert.Single(await _post.Inbox.ClaimAsync("payments", 1, TimeSpan.FromMinutes(1)));
        await using (var unit = await _post.Database.BeginAsync(CancellationToken.None))
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => _effects.HandleAsync(unit, claimed, crash.Token));
        }

        Assert.Empty(await EffectsAsync());
        _effects.AfterEffect = null;
        _post.Clock.Advance(TimeSpan.FromMinutes(2));
        await _post.InboxPump(_effects).PumpAllAsync();
        Assert.Equal(["a"], await EffectsAsync());
    }

    [Fact]
    public async Task A_sender_that_never_heard_that_its_message_arrived_has_no_second_effect()
    {
        await AcceptAsync(("a", "A"));
        await _post.InboxPump(_effects).PumpAllAsync();
        for (var i = 0; i < 8; i++)
        {
            _post.Clock.Advance(TimeSpan.FromHours(4));
            Assert.Equal([InboxReceipt.Duplicate], await AcceptAsync(("a", "A")));
            await _post.InboxPump(_effects).PumpAllAsync();
        }

        Assert.Equal(["a"], await EffectsAsync());
    }

    [Fact]
    public async Task A_handler_that_outlasts_its_lease_is_overtaken_and_its_effect_rolled_back()
    {
        await AcceptAsync(("a", "A"));
        InboxDelivery? overtaker = null;
        var late = Assert.Single(await _post.Inbox.ClaimAsync("payments", 1, TimeSpan.FromMinutes(1)));
        _post.Clock.Advance(TimeSpan.FromMinutes(2));
        overtaker = Assert.Single(await _post.Inbox.ClaimAsync("payments", 1, TimeSpan.FromMinutes(1)));

        await Assert.ThrowsAsync<InboxFenceLostException>(() => HandleAsync(late));
        Assert.Empty(await EffectsAsync());
        await HandleAsync(overtaker);
        Assert.Equal(["a"], await EffectsAsync());
    }

    [Fact]
    public async Task A_pump_says_of_a_lost_fence_that_it_failed_and_leaves_the_message_to_the_other()
    {
        await AcceptAsync(("a", "A"));
        var pump = new InboxPump(
            new OvertakingStore(_post), _post.Letters, _post.Pauses, _post.Database, new(_effects),
            Options.Create(new InboxPumpOptions { Jitter = () => 1 }), null, _post.Clock);

        Assert.Equal(new PumpResult(0, 1), await pump.PumpOnceAsync());
        Assert.Empty(await EffectsAsync());
        _post.Clock.Advance(TimeSpan.FromMinutes(2));
        await _post.InboxPump(_effects).PumpAllAsync();
        Assert.Equal(["a"], await EffectsAsync());
    }

    [Fact]
    public async Task A_poison_message_becomes_a_dead_letter_its_lane_goes_on_and_no_part_of_it_took_effect()
    {
        await AcceptAsync(("bad", "A"), ("next", "A"), ("other", "B"));
        _effects.AfterEffect = id => _ = id == "bad" ? throw new FormatException("No amount.") : 0;
        var pump = _post.InboxPump(_effects, new InboxPumpOptions { MaxAttempts = 2 });

        Assert.Equal(new PumpResult(1, 1), await pump.PumpAllAsync());
        _post.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new PumpResult(1, 0) { Dead = 1 }, await pump.PumpAllAsync());

        Assert.Equal(["other", "next"], await EffectsAsync());
        var letter = Assert.Single((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal((MessageFlow.Inbox, "payments", "bad", "FormatException", 2), (letter.Flow, letter.Name, letter.MessageId, letter.ErrorClass, letter.Attempts));
        Assert.Equal(new byte[] { 0xFF, 0x00 }, letter.Body.ToArray());
        Assert.Equal([InboxReceipt.Duplicate], await AcceptAsync(("bad", "A")));
    }

    [Fact]
    public async Task A_bad_message_among_many_fails_by_itself_and_each_of_the_others_has_one_effect()
    {
        await AcceptAsync([.. Enumerable.Range(0, 300).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = id => _ = id is "137" or "138" or "299" ? throw new FormatException("No amount.") : 0;

        Assert.Equal(new PumpResult(297, 3), await _post.InboxPump(_effects, new InboxPumpOptions { BatchSize = 300, MessagesPerTransaction = 300 }).PumpAllAsync());
        Assert.Equal(
            Enumerable.Range(0, 300).Where(i => i is not (137 or 138 or 299)).Select(i => $"{i}"),
            (await EffectsAsync()).OrderBy(id => int.Parse(id, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_handler_that_would_commit_is_refused_and_nothing_is_done_without_its_effect()
    {
        await AcceptAsync([.. Enumerable.Range(0, 15).Select(i => ($"{i}", $"{i}"))]);
        _effects.InUnit = static unit => unit.CommitAsync().AsTask();
        Assert.Equal(new PumpResult(0, 15), await _post.InboxPump(_effects).PumpAllAsync());
        Assert.Empty(await EffectsAsync());

        _effects.InUnit = null;
        _post.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new PumpResult(15, 0), await _post.InboxPump(_effects).PumpAllAsync());
        Assert.Equal(15, (await EffectsAsync()).Count);
    }

    [Fact]
    public async Task A_batch_of_poison_alone_asks_twice_for_each_at_most()
    {
        var pump = _post.InboxPump(_effects);
        await AcceptAsync([.. Enumerable.Range(0, 63).Select(i => ($"{i}", $"{i}"))]);
        await pump.PumpAllAsync();
        await AcceptAsync([.. Enumerable.Range(63, 64).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = _ => throw new FormatException("No amount.");

        Assert.Equal(new PumpResult(0, 64), await pump.PumpAllAsync());
        Assert.Equal(63 + 127, _effects.Count);
    }

    [Fact]
    public async Task When_the_circuit_breaker_opens_the_rest_of_a_transaction_that_failed_is_not_tried()
    {
        var pump = _post.InboxPump(_effects, new InboxPumpOptions { FailuresToBreak = 2 });
        await AcceptAsync([.. Enumerable.Range(0, 7).Select(i => ($"{i}", $"{i}"))]);
        await pump.PumpAllAsync();
        await AcceptAsync([.. Enumerable.Range(7, 8).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = _ => throw new TimeoutException("Nobody answers.");

        // Of 8, of 4, of 2, and 2 alone.
        Assert.Equal(new PumpResult(0, 2), await pump.PumpAllAsync());
        Assert.Equal(7 + 5, _effects.Count);
        Assert.Equal(6, (await _post.Inbox.ClaimAsync("payments", 10, TimeSpan.FromMinutes(1))).Count(one => one is { Attempt: 1, IsTakenOver: false }));
    }

    [Fact]
    public async Task When_half_the_lease_is_gone_the_rest_of_a_transaction_that_failed_is_not_tried()
    {
        var pump = _post.InboxPump(_effects);
        await AcceptAsync([.. Enumerable.Range(0, 7).Select(i => ($"{i}", $"{i}"))]);
        await pump.PumpAllAsync();
        await AcceptAsync([.. Enumerable.Range(7, 8).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = _ =>
        {
            _post.Clock.Advance(TimeSpan.FromSeconds(12));
            throw new FormatException("No amount.");
        };

        // Of 8, of 4, and of 2: that is 36 seconds.
        Assert.Equal(default, await pump.PumpOnceAsync());
        Assert.Equal(7 + 3, _effects.Count);
    }

    [Theory]
    [InlineData(0, "1 2 4 8 16 32 64 73")] // As fast as can be: doubled up to the limit.
    [InlineData(10, "1 2 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4")]
    [InlineData(60, "1 1 1")] // Each takes longer than several may take together.
    public async Task As_many_messages_share_a_transaction_as_are_done_in_its_time(int milliseconds, string sizes)
    {
        var expected = sizes.Split(' ');
        var count = expected.Sum(size => int.Parse(size, CultureInfo.InvariantCulture));
        await AcceptAsync([.. Enumerable.Range(0, count).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = _ => _post.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(count, (await _post.InboxPump(_effects, new InboxPumpOptions { BatchSize = 200 }).PumpAllAsync()).Delivered);
        Assert.Equal(expected, _effects.Together.Select(together => $"{together}"));
    }

    [Fact]
    public async Task A_handler_that_became_slow_gets_half_as_many_the_next_time()
    {
        await AcceptAsync([.. Enumerable.Range(0, 31).Select(i => ($"{i}", $"{i}"))]);
        var pump = _post.InboxPump(_effects);
        await pump.PumpAllAsync();
        await AcceptAsync([.. Enumerable.Range(31, 72).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = _ => _post.Clock.Advance(TimeSpan.FromMilliseconds(3));
        await pump.PumpAllAsync();

        Assert.Equal([1, 2, 4, 8, 16, 32, 16, 16, 8], _effects.Together);
    }

    [Fact]
    public async Task A_handler_that_became_very_slow_gets_at_once_what_it_can_do_in_the_time()
    {
        await AcceptAsync([.. Enumerable.Range(0, 127).Select(i => ($"{i}", $"{i}"))]);
        var pump = _post.InboxPump(_effects, new InboxPumpOptions { BatchSize = 200 });
        await pump.PumpAllAsync();
        await AcceptAsync([.. Enumerable.Range(127, 102).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = _ => _post.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await pump.PumpAllAsync();

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 100, 1, 1], _effects.Together);
    }

    [Fact]
    public async Task A_handler_too_slow_for_its_batch_still_handles_each_message_before_its_attempts_are_used_up()
    {
        await AcceptAsync([.. Enumerable.Range(0, 20).Select(i => ($"{i}", $"{i}"))]);
        _effects.AfterEffect = _ => _post.Clock.Advance(TimeSpan.FromSeconds(12));
        var pump = _post.InboxPump(_effects, new InboxPumpOptions { MaxAttempts = 3 });

        var total = default(PumpResult);
        for (var i = 0; i < 20; i++)
        {
            total = total.Plus(await pump.PumpAllAsync());
            _post.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(new PumpResult(20, 0), total);
        Assert.Empty((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
    }

    [Fact]
    public async Task A_message_that_takes_its_process_along_is_given_up_without_another_attempt()
    {
        await AcceptAsync(("fatal", "A"));
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await _post.Inbox.StartAsync(Assert.Single(await _post.Inbox.ClaimAsync("payments", 10, TimeSpan.FromMinutes(1)))));
            _post.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(new PumpResult(0, 0) { Dead = 1 }, await _post.InboxPump(_effects, new InboxPumpOptions { MaxAttempts = 2 }).PumpAllAsync());
        Assert.Empty(await EffectsAsync());
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 90)]
    public async Task A_message_that_fails_waits_as_long_as_asked_or_else_with_doubling_pauses(bool asks, int seconds)
    {
        await AcceptAsync(("a", "A"));
        _effects.AfterEffect = _ => throw (asks ? new RetryLaterException(TimeSpan.FromSeconds(90)) : new FormatException());
        await _post.InboxPump(_effects).PumpAllAsync();

        _effects.AfterEffect = null;
        _post.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(default, await _post.InboxPump(_effects).PumpAllAsync());
        _post.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, (await _post.InboxPump(_effects).PumpAllAsync()).Delivered);
    }

    [Fact]
    public async Task A_paused_consumer_gets_nothing_until_it_is_resumed()
    {
        await AcceptAsync(("a", "A"));
        await _post.Pauses.PauseAsync(MessageFlow.Inbox, "payments", "li", null);
        Assert.Equal(default, await _post.InboxPump(_effects).PumpAllAsync());
        await _post.Pauses.ResumeAsync(MessageFlow.Inbox, "payments");
        Assert.Equal(1, (await _post.InboxPump(_effects).PumpAllAsync()).Delivered);
    }

    [Fact]
    public async Task What_is_done_is_swept_after_its_retention_in_batches()
    {
        var inbox = new Inbox(_post.Inbox, _post.Database);
        await inbox.AcceptAsync([.. Enumerable.Range(0, 2_500).Select(i => MessageOf($"{i}", $"{i}"))]);
        await _post.InboxPump(_effects, new InboxPumpOptions { Retention = TimeSpan.FromDays(1) }).PumpAllAsync();

        Assert.Equal(0, await inbox.SweepAsync());
        _post.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2_500, await inbox.SweepAsync());
    }

    [Fact]
    public async Task Two_handlers_of_one_consumer_and_messages_without_identity_are_refused()
    {
        Assert.Contains("payments", Assert.Throws<ArgumentException>(
            () => new InboxPump(_post.Inbox, _post.Letters, _post.Pauses, _post.Database, new(_effects, new Effects(_post)))).Message, StringComparison.Ordinal);

        var inbox = new Inbox(_post.Inbox, _post.Database);
        await Assert.ThrowsAsync<ArgumentException>(() => inbox.AcceptAsync([MessageOf("", "A")]));
        await Assert.ThrowsAsync<ArgumentException>(() => inbox.AcceptAsync([MessageOf("a", "A") with { Consumer = "" }]));
        Assert.Empty(await inbox.AcceptAsync([]));
    }

    [Fact]
    public async Task A_caller_whose_unit_is_rolled_back_has_received_nothing()
    {
        var inbox = new Inbox(_post.Inbox, _post.Database);
        await using (var unit = await _post.Database.BeginAsync())
        {
            Assert.Equal([InboxReceipt.Accepted], await inbox.AcceptAsync(unit, [MessageOf("a", "A")]));
        }

        Assert.Equal([InboxReceipt.Accepted], await inbox.AcceptAsync([MessageOf("a", "A")]));
    }

    private static InboxMessage MessageOf(string id, string lane) => new(id, "payments", TenantId.Default, lane, "test", new byte[] { 0xFF, 0x00 });

    private async Task<IReadOnlyList<InboxReceipt>> AcceptAsync(params (string Id, string Lane)[] messages) =>
        await new Inbox(_post.Inbox, _post.Database).AcceptAsync([.. messages.Select(m => MessageOf(m.Id, m.Lane))]);

    private async Task HandleAsync(InboxDelivery delivery)
    {
        await using var unit = await _post.Database.BeginAsync();
        await _effects.HandleAsync(unit, delivery, CancellationToken.None);
        await _post.Inbox.CompleteAsync(unit, [delivery], TimeSpan.FromDays(1));
        await unit.CommitAsync();
    }

    /// <summary>The effects that were committed: messages in the outbox.</summary>
    private async Task<List<string>> EffectsAsync()
    {
        var found = new List<string>();
        var claimed = await _post.Store.ClaimAsync("effects", 10_000, TimeSpan.FromTicks(10));
        found.AddRange(claimed.OrderBy(c => c.Id).Select(c => c.Message.MessageId));
        foreach (var delivery in claimed)
        {
            await _post.Store.RetryAsync(delivery, TimeSpan.Zero, "only looking");
        }

        return found;
    }

    private sealed class Effects(Post post) : IInboxHandler
    {
        public string Consumer => "payments";

        /// <summary>How often it was asked for an effect, also where that was rolled back.</summary>
        public int Count { get; private set; }

        /// <summary>How many messages there were in each transaction.</summary>
        public List<int> Together { get; } = [];

        public Action<string>? AfterEffect { get; set; }

        public Func<UnitOfWork, Task>? InUnit { get; set; }

        public async Task HandleManyAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, CancellationToken cancellationToken)
        {
            Together.Add(deliveries.Count);
            foreach (var delivery in deliveries)
            {
                await HandleAsync(unitOfWork, delivery, cancellationToken);
            }
        }

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            var id = delivery.Message.MessageId;
            Count++;
            await post.Store.AppendAsync(unitOfWork, [new OutboxMessage(id, "effects", TenantId.Default, $"{Count}", "test", default)], CancellationToken.None);
            AfterEffect?.Invoke(id);
            await (InUnit?.Invoke(unitOfWork) ?? Task.CompletedTask);
        }
    }

    /// <summary>An inbox in which another consumer takes over what this one claims.</summary>
    private sealed class OvertakingStore(Post post) : ForwardingInboxStore(post.Inbox)
    {
        public override async ValueTask<IReadOnlyList<InboxDelivery>> ClaimAsync(
            string name, int max, TimeSpan lease, CancellationToken cancellationToken = default)
        {
            var claimed = await post.Inbox.ClaimAsync(name, max, lease, cancellationToken);
            post.Clock.Advance(lease);
            await post.Inbox.ClaimAsync(name, max, lease, cancellationToken);
            return claimed;
        }
    }
}
