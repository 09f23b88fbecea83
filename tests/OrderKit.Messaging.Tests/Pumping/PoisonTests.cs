using System.Net;
using OrderKit.Core;

namespace OrderKit.Messaging.Tests;

/// <summary>Messages that never go out, destinations that are down, and pumps that are slow.</summary>
public sealed class PoisonTests : IDisposable
{
    private readonly Post _post = new();
    private readonly Sink _sink = new();

    public void Dispose() => _post.Dispose();

    [Fact]
    public async Task A_poison_message_at_the_head_of_a_lane_becomes_a_dead_letter_and_its_lane_goes_on()
    {
        await _post.WriteAsync(Message("bad", "A"), Message("next", "A"), Message("other", "B"));
        _sink.OnMessage = m => m.MessageId == "bad" ? throw new FormatException("No order.") : null;
        var pump = _post.Pump(_sink, new OutboxPumpOptions { MaxAttempts = 3 });

        var ended = new List<PumpResult>();
        for (var i = 0; i < 3; i++)
        {
            ended.Add(await pump.PumpAllAsync());
            _post.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal([new PumpResult(1, 1), new PumpResult(0, 1), new PumpResult(1, 0) { Dead = 1 }], ended);
        Assert.Equal(["other", "next"], _sink.Taken);
        var letter = Assert.Single((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal(("bad", "A", "events", "FormatException", "No order.", 3), (letter.MessageId, letter.Lane, letter.Name, letter.ErrorClass, letter.ErrorText, letter.Attempts));
        Assert.Equal((Post.Noon, Post.Noon.AddSeconds(20)), (letter.FirstAt, letter.DeadAt));
        Assert.Equal(0, await _post.WaitingAsync());
    }

    [Fact]
    public async Task Ten_thousand_poison_messages_do_not_keep_a_good_one_waiting()
    {
        await _post.WriteAsync([.. Enumerable.Range(0, 10_000).Select(i => Message($"bad-{i}", $"lane-{i}")), Message("good", "good")]);
        _sink.OnMessage = m => m.MessageId != "good" ? throw new FormatException("No order.") : null;

        Assert.Equal(new PumpResult(1, 10_000), await _post.Pump(_sink).PumpAllAsync());
        Assert.Equal(["good"], _sink.Taken);
    }

    [Fact]
    public async Task A_message_that_grew_too_old_becomes_a_dead_letter_when_it_fails_and_not_before()
    {
        await _post.WriteAsync(Message("late", "A"), Message("bad", "B"));
        _post.Clock.Advance(TimeSpan.FromHours(26));
        _sink.OnMessage = m => m.MessageId == "bad" ? throw new FormatException("No order.") : null;

        Assert.Equal(new PumpResult(1, 0) { Dead = 1 }, await _post.Pump(_sink).PumpAllAsync());
        Assert.Equal(["late"], _sink.Taken);
    }

    [Fact]
    public async Task A_message_that_takes_its_process_along_is_given_up_without_another_attempt()
    {
        await _post.WriteAsync(Message("fatal", "A"), Message("next", "A"));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await _post.Store.StartAsync(Assert.Single(await _post.Store.ClaimAsync("events", 10, TimeSpan.FromMinutes(1)))));
            _post.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(new PumpResult(1, 0) { Dead = 1 }, await _post.Pump(_sink, new OutboxPumpOptions { MaxAttempts = 3 }).PumpAllAsync());
        Assert.Equal(["next"], _sink.Taken);
        Assert.Equal("AttemptsExhausted", Assert.Single((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items).ErrorClass);
    }

    [Fact]
    public async Task A_destination_that_says_when_to_come_back_is_asked_again_just_then()
    {
        await _post.WriteAsync(Message("m", "A"));
        _sink.OnMessage = _ => throw new RetryLaterException(TimeSpan.FromSeconds(90));
        await _post.Pump(_sink).PumpAllAsync();

        _sink.OnMessage = null;
        _post.Clock.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(default, await _post.Pump(_sink).PumpAllAsync());
        _post.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await _post.Pump(_sink).PumpAllAsync()).Delivered);
    }

    [Fact]
    public async Task A_destination_that_is_down_rests_and_no_attempts_are_used_up()
    {
        await _post.WriteAsync([.. Enumerable.Range(0, 50).Select(i => Message($"{i}", $"lane-{i}"))]);
        var calls = 0;
        _sink.OnMessage = _ =>
        {
            calls++;
            throw new HttpRequestException("Down.", null, HttpStatusCode.ServiceUnavailable);
        };
        var pump = _post.Pump(_sink, new OutboxPumpOptions { FailuresToBreak = 5, FirstBreak = TimeSpan.FromSeconds(10), MaxBreak = TimeSpan.FromSeconds(30) });

        await pump.PumpAllAsync();
        Assert.Equal(5, calls);
        foreach (var (rest, total) in new[] { (10, 6), (20, 7), (30, 8), (30, 9) })
        {
            _post.Clock.Advance(TimeSpan.FromSeconds(rest) - TimeSpan.FromTicks(1));
            await pump.PumpAllAsync();
            Assert.Equal(total - 1, calls);
            _post.Clock.Advance(TimeSpan.FromTicks(1));
            await pump.PumpAllAsync();
            Assert.Equal(total, calls);
        }

        _sink.OnMessage = null;
        _post.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(50, (await pump.PumpAllAsync()).Delivered);
        Assert.Equal(50, _sink.Taken.Distinct().Count());
    }

    [Fact]
    public async Task A_destination_that_answers_now_and_then_does_not_rest()
    {
        await _post.WriteAsync([.. Enumerable.Range(0, 20).Select(i => Message($"{i}", $"lane-{i}"))]);
        var calls = 0;
        _sink.OnMessage = _ => ++calls % 5 == 0 ? null : throw new TimeoutException();

        Assert.Equal(new PumpResult(4, 16), await _post.Pump(_sink).PumpAllAsync());
    }

    [Fact]
    public async Task A_paused_destination_gets_nothing_until_it_is_resumed()
    {
        await _post.WriteAsync(Message("m", "A"));
        await _post.Pauses.PauseAsync(MessageFlow.Outbox, "events", "li", "maintenance");
        Assert.Equal(default, await _post.Pump(_sink).PumpAllAsync());

        await _post.Pauses.ResumeAsync(MessageFlow.Outbox, "events");
        Assert.Equal(1, (await _post.Pump(_sink).PumpAllAsync()).Delivered);
    }

    [Fact]
    public async Task A_send_that_outlasts_its_lease_strikes_off_nothing_of_others_and_loses_nothing()
    {
        await _post.WriteAsync(Message("m", "A"), Message("n", "A"));
        OutboxDelivery? overtaker = null;
        _sink.OnMessage = m =>
        {
            if (overtaker is null)
            {
                _post.Clock.Advance(TimeSpan.FromMinutes(2));
                overtaker = _post.Store.ClaimAsync("events", 1, TimeSpan.FromMinutes(1)).AsTask().Result.Single();
            }

            return null;
        };

        await _post.Pump(_sink).PumpOnceAsync();
        Assert.Equal(2, await _post.WaitingAsync());
        Assert.Equal(1, await _post.Store.CompleteAsync([overtaker!]));
        await _post.Pump(_sink).PumpAllAsync();
        Assert.Equal(["m", "n"], _sink.Taken);
        Assert.Equal(0, await _post.WaitingAsync());
    }

    [Fact]
    public async Task A_failure_after_the_lease_buries_nothing_that_another_has_taken_over()
    {
        await _post.WriteAsync(Message("m", "A"));
        _sink.OnMessage = _ =>
        {
            _post.Clock.Advance(TimeSpan.FromHours(30));
            Assert.Single(_post.Store.ClaimAsync("events", 1, TimeSpan.FromMinutes(1)).AsTask().Result);
            throw new FormatException("No order.");
        };

        Assert.Equal(new PumpResult(0, 1), await _post.Pump(_sink, new OutboxPumpOptions { MaxAttempts = 1 }).PumpOnceAsync());
        Assert.Empty((await _post.Letters.QueryAsync(new DeadLetterQuery())).Items);
        Assert.Equal(1, await _post.WaitingAsync());
    }

    private static OutboxMessage Message(string id, string lane) => new(id, "events", TenantId.Default, lane, "test", new byte[] { 0xFF, 0x00 });

    private sealed class Sink : IOutboxSink
    {
        public List<string> Taken { get; } = [];

        public Func<OutboxMessage, object?>? OnMessage { get; set; }

        public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
        {
            OnMessage?.Invoke(delivery.Message);
            Taken.Add(delivery.Message.MessageId);
            return Task.CompletedTask;
        }
    }
}
