using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Eng;
using static OrderKit.Messaging.Tests.Post;

namespace OrderKit.Messaging.Tests;

/// <summary>Messages of several lanes are delivered beside each other.</summary>
public sealed class ConcurrentPumpTests : IDisposable
{
    private readonly Post _post = new();

    public void Dispose() => _post.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(50, 5)]
    public async Task As_many_are_in_flight_as_the_setting_says_and_no_more(int maxConcurrency, int inFlight)
    {
        await _post.WriteAsync([.. "ABCDE".Select(name => Event($"{name}", 1))]);
        var sink = new GatedSink();
        var pumping = _post.Pump(sink, new OutboxPumpOptions { MaxConcurrency = maxConcurrency }).PumpOnceAsync();

        await sink.StartedAsync(inFlight);
        Assert.Equal(inFlight, sink.InFlight);
        sink.Open();
        Assert.Equal(new PumpResult(5, 0), await pumping);
        Assert.Equal(inFlight, sink.MostInFlight);
        Assert.Equal(0, await _post.WaitingAsync());
    }

    [Fact]
    public async Task A_lane_is_never_in_flight_twice_and_keeps_its_order()
    {
        await _post.WriteAsync([.. Enumerable.Range(1, 20).SelectMany(version => "ABC".Select(name => Event($"{name}", version)))]);
        var sink = new GatedSink();
        sink.Open();

        Assert.Equal(new PumpResult(60, 0), await _post.Pump(sink, new OutboxPumpOptions { MaxConcurrency = 8 }).PumpAllAsync());

        Assert.False(sink.MetItself);
        Assert.All(sink.Delivered.GroupBy(id => id.Split(':')[0]), lane => Assert.Equal(Enumerable.Range(1, 20), lane.Select(id => int.Parse(id.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public async Task What_was_delivered_is_deleted_when_the_pump_is_stopped_and_the_rest_is_given_back()
    {
        await _post.WriteAsync(Event("A", 1), Event("B", 1), Event("C", 1));
        var sink = new GatedSink();
        using var stop = new CancellationTokenSource();
        var pumping = _post.Pump(sink, new OutboxPumpOptions { MaxConcurrency = 2 }).PumpOnceAsync(stop.Token);
        await sink.StartedAsync(2);
        sink.Open(only: 1);
        await sink.StartedAsync(3);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pumping);

        Assert.Equal(2, await _post.WaitingAsync());
        Assert.Single(sink.Delivered);
        Assert.All(await _post.Store.ClaimAsync("events", 10, TimeSpan.FromMinutes(1)), static delivery => Assert.Equal((1, false), (delivery.Attempt, delivery.IsTakenOver)));
    }

    [Fact]
    public async Task Failures_that_were_in_flight_when_the_rest_began_do_not_lengthen_it_and_what_was_not_tried_is_given_back()
    {
        await _post.WriteAsync([.. Enumerable.Range(0, 30).Select(i => Event($"{i}", 1))]);
        var sink = new GatedSink { Failure = new TimeoutException("Nobody answers.") };
        var pump = _post.Pump(sink, new OutboxPumpOptions { MaxConcurrency = 10, FailuresToBreak = 2, FirstBreak = TimeSpan.FromSeconds(1), FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(1) });
        var pumping = pump.PumpOnceAsync();
        await sink.StartedAsync(10);
        sink.Open();
        Assert.InRange((await pumping).Failed, 10, 12);

        // One second, and not ten times doubled.
        sink.Failure = null;
        Assert.Equal(default, await pump.PumpOnceAsync());
        _post.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new PumpResult(1, 0), await pump.PumpOnceAsync());
        Assert.Equal(new PumpResult(29, 0), await pump.PumpAllAsync());
    }

    [Fact]
    public async Task When_half_the_lease_is_gone_no_further_one_is_begun()
    {
        await _post.WriteAsync([.. "ABCD".Select(name => Event($"{name}", 1))]);
        var sink = new GatedSink();
        var pumping = _post.Pump(sink, new OutboxPumpOptions { MaxConcurrency = 2, HandlerTimeout = TimeSpan.FromMinutes(1) }).PumpOnceAsync();
        await sink.StartedAsync(2);
        _post.Clock.Advance(TimeSpan.FromSeconds(31));
        sink.Open();

        Assert.Equal(new PumpResult(2, 0), await pumping);
        Assert.Equal(2, await _post.WaitingAsync());
    }

    [Fact]
    public async Task A_store_that_fails_stops_the_others_and_is_told_and_what_was_delivered_is_struck_off()
    {
        await _post.WriteAsync([.. Enumerable.Range(0, 10).Select(i => Event($"{i}", 1))]);
        var sink = new GatedSink();
        sink.Open();
        var pump = new OutboxPump(
            new ForgetfulOutbox(_post.Store), _post.Letters, _post.Pauses, _post.Database, new(new FailingSecond(sink)),
            Microsoft.Extensions.Options.Options.Create(new OutboxPumpOptions { MaxConcurrency = 2, Jitter = () => 1 }), null, _post.Clock);

        await Assert.ThrowsAsync<InvalidOperationException>(() => pump.PumpOnceAsync());

        Assert.Equal(10 - sink.Delivered.Count, await _post.WaitingAsync());
    }

    /// <summary>Holds deliveries until it is opened.</summary>
    private sealed class GatedSink : IOutboxSink
    {
        private readonly SemaphoreSlim _gate = new(0);
        private readonly SemaphoreSlim _started = new(0);
        private readonly HashSet<string> _lanes = [];
        private int _inFlight;
        private int _waited;

        public int InFlight => Volatile.Read(ref _inFlight);

        public int MostInFlight { get; private set; }

        public bool MetItself { get; private set; }

        public Exception? Failure { get; set; }

        public List<string> Delivered { get; } = [];

        public void Open(int only = 1_000) => _gate.Release(only);

        /// <summary>Waits until so many deliveries have begun since the test began.</summary>
        public async Task StartedAsync(int count)
        {
            for (; _waited < count; _waited++)
            {
                Assert.True(await _started.WaitAsync(TimeSpan.FromMinutes(1)), $"Delivery {_waited + 1} did not begin.");
            }
        }

        public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
        {
            lock (_lanes)
            {
                MetItself |= !_lanes.Add(delivery.Message.Lane);
                MostInFlight = Math.Max(MostInFlight, ++_inFlight);
            }

            _started.Release();
            try
            {
                await _gate.WaitAsync(cancellationToken);
            }
            finally
            {
                lock (_lanes)
                {
                    _lanes.Remove(delivery.Message.Lane);
                    _inFlight--;
                }
            }

            if (Failure is { } failure)
            {
                throw failure;
            }

            lock (_lanes)
            {
                Delivered.Add($"{delivery.Message.Lane}:{OrderEventCodec.Decode(delivery.Message.Body).Version}");
            }
        }
    }

    private sealed class FailingSecond(IOutboxSink inner) : IOutboxSink
    {
        private int _count;

        public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _count) == 2 ? throw new FormatException("Not this one.") : inner.DeliverAsync(delivery, cancellationToken);
    }

    /// <summary>An outbox that cannot be told of failures.</summary>
    private sealed class ForgetfulOutbox(IOutboxStore inner) : ForwardingOutboxStore(inner)
    {
        public override ValueTask<bool> RetryAsync(OutboxDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("The store is gone.");
    }
}
