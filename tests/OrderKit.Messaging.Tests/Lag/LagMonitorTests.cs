using OrderKit.Core;

namespace OrderKit.Messaging.Tests;

/// <summary>What waits, and how it keeps up, from the stores themselves.</summary>
public sealed class LagMonitorTests : IDisposable
{
    private readonly Post _post = new();

    public void Dispose() => _post.Dispose();

    [Fact]
    public async Task Each_destination_and_consumer_has_its_own_verdict()
    {
        var monitor = Monitor();
        await _post.WriteAsync(Post.Event("A", 1));

        for (var i = 0; i < 3; i++)
        {
            await monitor.SampleAsync();
            _post.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(
            [
                new LagSnapshot(MessageFlow.Outbox, "events", 1, TimeSpan.FromMinutes(2), LagVerdict.Stopped),
                new LagSnapshot(MessageFlow.Inbox, "payments", 0, null, LagVerdict.Idle),
            ],
            monitor.Snapshot());

        await _post.Pump().PumpAllAsync();
        Assert.Equal(LagVerdict.Idle, (await monitor.SampleAsync())[0].Verdict);
    }

    [Fact]
    public async Task A_message_that_fails_stalls_its_consumer()
    {
        var monitor = Monitor();
        await new Inbox(_post.Inbox, _post.Database).AcceptAsync([new InboxMessage("m", "payments", TenantId.Default, "A", "test", default)]);
        for (var i = 0; i < 5; i++)
        {
            await _post.InboxPump(new Failing()).PumpAllAsync();
            await monitor.SampleAsync();
            _post.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(LagVerdict.Stalled, monitor.Snapshot()[1].Verdict);
    }

    [Fact]
    public void A_window_without_room_for_a_verdict_is_refused() =>
        Assert.Throws<ArgumentException>(() => new LagMonitor(_post.Store, _post.Inbox, new LagOptions { Window = 2 }));

    private LagMonitor Monitor() =>
        new(_post.Store, _post.Inbox, new LagOptions { Destinations = { "events" }, Consumers = { "payments" }, Window = 3 }, _post.Clock);

    private sealed class Failing : IInboxHandler
    {
        public string Consumer => "payments";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) => throw new FormatException();
    }
}
