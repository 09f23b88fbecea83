using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Sql.Tests;

/// <summary>Alerts over a SQL store: few of many, at least once, and none lost.</summary>
public abstract class AlertTests
{
    protected abstract Task<TestStore> OpenAsync();

    [Fact]
    public async Task Thousands_of_notices_are_one_alert_which_is_sent_again_under_its_id_until_it_is_noted()
    {
        await using var store = await OpenAsync();
        for (var batch = 0; batch < 5; batch++)
        {
            await using var unit = await store.Units.BeginAsync();
            await store.Outbox.AppendAsync(
                unit, [.. Enumerable.Range(1, 500).Select(number => new AlertNotice(TenantId.Default, AlertKinds.Quarantine, "alipay", "amount-differs", $"n-{batch}-{number}").ToMessage())]);
            await unit.CommitAsync();
        }

        var sink = new Sink { Fails = true };
        var pump = new AlertPump(
            store.Outbox, store.DeadLetters, store.Pauses, store.Leases, store.Units, new ScopedServices<IAlertSink>(sink),
            Options.Create(new AlertOptions { BatchSize = 400 }));
        store.Advance(TimeSpan.FromSeconds(11));
        await pump.PumpOnceAsync();
        Assert.Equal(0, await store.CountAsync("outbox", "destination = 'alerts'"));
        Assert.Equal(1, await store.CountAsync("outbox", "destination = 'alerts.sink'"));
        sink.Fails = false;
        store.Advance(TimeSpan.FromMinutes(1));
        await pump.PumpOnceAsync();

        Assert.Equal([2_500L, 2_500], sink.Told.Select(alert => alert.Count));
        Assert.Single(sink.Told.Select(alert => alert.Id).Distinct());
        Assert.Equal(0, await store.CountAsync("outbox"));
    }

    [Fact]
    public async Task What_is_quiet_is_quiet_for_every_process_and_told_after_it()
    {
        await using var store = await OpenAsync();
        var (one, other) = (new Sink(), new Sink());
        var pumps = new[] { one, other }.Select(sink => new AlertPump(
            store.Outbox, store.DeadLetters, store.Pauses, store.Leases, store.Units, new ScopedServices<IAlertSink>(sink))).ToArray();
        for (var minute = 0; minute < 20; minute++)
        {
            await using (var unit = await store.Units.BeginAsync())
            {
                await store.Outbox.AppendAsync(unit, [new AlertNotice(new TenantId("t"), AlertKinds.DeadLetter, "outbox events", "TimeoutException", $"m-{minute}").ToMessage()]);
                await unit.CommitAsync();
            }

            store.Advance(TimeSpan.FromMinutes(1));
            await pumps[minute % 2].PumpOnceAsync();
        }

        Assert.Equal(2, one.Told.Count + other.Told.Count);
        store.Advance(TimeSpan.FromMinutes(30));
        await pumps[0].PumpOnceAsync();
        await pumps[0].PumpOnceAsync();
        Assert.Equal(20, one.Told.Concat(other.Told).Sum(alert => alert.Count));
    }

    private sealed class Sink : IAlertSink
    {
        public bool Fails { get; set; }

        public List<Alert> Told { get; } = [];

        public string Name => "sink";

        public Task SendAsync(Alert alert, CancellationToken cancellationToken)
        {
            // It arrives, and its answer is lost.
            Told.Add(alert);
            return Fails ? throw new TimeoutException("No answer.") : Task.CompletedTask;
        }
    }
}
