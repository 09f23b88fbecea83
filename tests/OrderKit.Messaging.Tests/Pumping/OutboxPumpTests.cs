using static OrderKit.Messaging.Tests.Post;

namespace OrderKit.Messaging.Tests;

/// <summary>Events leave at least once, and in order for one order.</summary>
public sealed class OutboxPumpTests : IDisposable
{
    private readonly Post _post = new();

    public void Dispose() => _post.Dispose();

    [Fact]
    public async Task Events_of_one_order_come_in_their_order()
    {
        await _post.WriteAsync(Event("A", 1), Event("A", 2), Event("B", 1), Event("A", 3));

        Assert.Equal(new PumpResult(4, 0), await _post.Pump().PumpAllAsync());

        Assert.Equal(["A:1", "A:2", "A:3"], _post.Handled.Where(h => h[0] == 'A'));
        Assert.Equal(0, await _post.WaitingAsync());
    }

    [Fact]
    public async Task One_batch_takes_one_event_of_each_order()
    {
        await _post.WriteAsync(Event("A", 1), Event("A", 2), Event("B", 1));

        Assert.Equal(new PumpResult(2, 0), await _post.Pump().PumpOnceAsync());
        Assert.Equal(["A:1", "B:1"], _post.Handled.Order());
    }

    [Fact]
    public async Task What_is_left_of_a_batch_when_half_the_lease_is_gone_is_given_back_unused()
    {
        await _post.WriteAsync(Event("A", 1), Event("B", 1), Event("C", 1));
        _post.OnEvent = _ => _post.Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(new PumpResult(2, 0), await _post.Pump().PumpOnceAsync());

        var rest = Assert.Single(await _post.Store.ClaimAsync("events", 10, TimeSpan.FromMinutes(1)));
        Assert.Equal((1, false), (rest.Attempt, rest.IsTakenOver));
        Assert.DoesNotContain(rest.MessageId, _post.Handled);
    }

    [Fact]
    public async Task A_handler_that_fails_holds_back_only_the_order_that_it_failed_for()
    {
        await _post.WriteAsync(Event("A", 1), Event("A", 2), Event("B", 1), Event("B", 2));
        _post.OnEvent = told =>
        {
            if (told.Source == "A")
            {
                throw new InvalidOperationException("No room.");
            }
        };

        Assert.Equal(new PumpResult(2, 1), await _post.Pump().PumpAllAsync());
        Assert.Equal(["B:1", "B:2"], _post.Handled);

        _post.OnEvent = null;
        _post.Clock.Advance(TimeSpan.FromSeconds(1));
        await _post.Pump().PumpAllAsync();
        Assert.Equal(["B:1", "B:2", "A:1", "A:2"], _post.Handled);
    }

    [Theory]
    [InlineData(1.0, new[] { 1, 2, 4, 8, 16 })]
    [InlineData(0.5, new[] { 500, 1000, 2000, 4000, 8000 })]
    public async Task The_pause_before_a_redelivery_doubles_and_is_spread_by_chance(double jitter, int[] pauses)
    {
        await _post.WriteAsync(Event("A", 1));
        _post.OnEvent = _ => throw new InvalidOperationException("No room.");
        var pump = _post.Pump(jitter);
        foreach (var pause in pauses)
        {
            Assert.Equal(1, (await pump.PumpAllAsync()).Failed);
            var span = pause < 100 ? TimeSpan.FromSeconds(pause) : TimeSpan.FromMilliseconds(pause);
            _post.Clock.Advance(span - TimeSpan.FromMilliseconds(1));
            Assert.Equal(default, await pump.PumpAllAsync());
            _post.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task The_pause_has_an_end_and_is_kept_in_the_row_and_not_in_the_process()
    {
        await _post.WriteAsync(Event("A", 1));
        _post.OnEvent = _ => throw new InvalidOperationException("No room.");
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(1, (await _post.Pump(new OutboxPumpOptions { MaxDelay = TimeSpan.FromMinutes(10) }).PumpAllAsync()).Failed);
            _post.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        _post.OnEvent = null;
        Assert.Equal(1, (await _post.Pump().PumpAllAsync()).Delivered);
    }

    [Fact]
    public async Task What_was_delivered_before_a_crash_is_delivered_again_under_the_same_id()
    {
        await _post.WriteAsync(Event("A", 1));
        var crashed = Assert.Single(await _post.Store.ClaimAsync("events", 10, TimeSpan.FromMinutes(1)));
        Assert.Equal(default, await _post.Pump().PumpAllAsync());

        _post.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = Assert.Single(await _post.Store.ClaimAsync("events", 10, TimeSpan.FromMinutes(1)));

        Assert.Equal(crashed.Message.MessageId, again.Message.MessageId);
        Assert.Equal((1, true, true), (again.Attempt, again.IsTakenOver, again.Epoch > crashed.Epoch));
        Assert.Equal(0, await _post.Store.CompleteAsync([crashed]));
        Assert.Equal(1, await _post.WaitingAsync());
    }

    [Fact]
    public async Task A_message_of_another_type_waits_and_holds_back_its_own_lane_only()
    {
        var strange = Post.MessageOf(Event("A", 1)) with { Type = "somebody.else.v1" };
        await _post.WriteAsync(strange, Post.MessageOf(Event("A", 2)), Post.MessageOf(Event("B", 1)));

        Assert.Equal(new PumpResult(1, 1), await _post.Pump().PumpAllAsync());

        Assert.Equal(["B:1"], _post.Handled);
        Assert.Equal(2, await _post.WaitingAsync());
    }

    [Fact]
    public async Task Bytes_that_are_no_event_wait_too()
    {
        await _post.WriteAsync(Post.MessageOf(Event("A", 1)) with { Body = "{}"u8.ToArray() });

        Assert.Equal(new PumpResult(0, 1), await _post.Pump().PumpAllAsync());
        Assert.Equal(1, await _post.WaitingAsync());
    }

    [Fact]
    public async Task Each_handler_gets_each_event_and_one_that_fails_has_it_come_again_to_all()
    {
        using var second = new Post();
        var fails = true;
        second.OnEvent = _ =>
        {
            if (fails)
            {
                throw new InvalidOperationException("No room.");
            }
        };
        await _post.WriteAsync(Event("A", 1));
        var pump = _post.Pump(1, _post, second);
        await pump.PumpAllAsync();

        fails = false;
        _post.Clock.Advance(TimeSpan.FromSeconds(1));
        await pump.PumpAllAsync();

        Assert.Equal(["A:1", "A:1"], _post.Handled);
        Assert.Equal(["A:1"], second.Handled);
    }

    [Fact]
    public async Task A_pump_that_is_told_to_stop_strikes_off_what_it_delivered()
    {
        await _post.WriteAsync(Event("A", 1), Event("B", 1), Event("C", 1));
        using var stopping = new CancellationTokenSource();
        _post.OnEvent = _ =>
        {
            if (_post.Handled.Count == 1)
            {
                stopping.Cancel();
                stopping.Token.ThrowIfCancellationRequested();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _post.Pump().PumpAllAsync(stopping.Token));
        Assert.Equal(2, await _post.WaitingAsync());

        _post.OnEvent = null;
        _post.Clock.Advance(TimeSpan.FromMinutes(1));
        await _post.Pump().PumpAllAsync();
        Assert.Equal(["A:1", "B:1", "C:1"], _post.Handled.Order());
    }

    [Fact]
    public async Task A_destination_too_slow_for_its_batch_still_gets_each_message_before_its_attempts_are_used_up()
    {
        await _post.WriteAsync([.. Enumerable.Range(0, 20).Select(i => Post.Event($"{i}", 1))]);
        _post.OnEvent = _ => _post.Clock.Advance(TimeSpan.FromSeconds(12));
        var pump = _post.Pump(new OutboxPumpOptions { MaxAttempts = 3 });

        var total = default(PumpResult);
        for (var i = 0; i < 20; i++)
        {
            total = total.Plus(await pump.PumpAllAsync());
            _post.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(new PumpResult(20, 0), total);
        Assert.Equal(20, _post.Handled.Count);
    }

    [Fact]
    public async Task Pumps_that_run_at_once_deliver_each_event_once_and_in_order()
    {
        for (var version = 1; version <= 20; version++)
        {
            await _post.WriteAsync([.. Enumerable.Range(0, 20).Select(i => Event($"{(char)('A' + i)}", version))]);
        }

        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pumps = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await gate.Task;
            return await _post.Pump(new OutboxPumpOptions { BatchSize = 3 }).PumpAllAsync();
        })).ToList();
        gate.SetResult();
        await Task.WhenAll(pumps);
        await _post.Pump().PumpAllAsync();

        Assert.Equal(400, _post.Handled.Count);
        foreach (var lane in _post.Handled.GroupBy(h => h[0]))
        {
            Assert.Equal(Enumerable.Range(1, 20).Select(version => $"{lane.Key}:{version}"), lane);
        }
    }
}
