using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Eng;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging.Tests;

/// <summary>A store that breaks at each call in turn, before it took effect or after.</summary>
public sealed class AlertFaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_the_store_breaks_every_notice_is_told_and_counted_once(bool after)
    {
        for (var call = 1; ; call++)
        {
            using var database = new InMemoryDatabase(new FakeTimeProvider(Post.Noon));
            var clock = (FakeTimeProvider)database.TimeProvider;
            var store = new Breaking(new InMemoryOutboxStore(database), new InMemoryLeaseStore(database), call, after);
            var sink = new NotingSink("one");
            var pump = new AlertPump(
                store, new InMemoryDeadLetterStore(database), new InMemoryDeliveryPauseStore(database), store, database,
                new ScopedServices<IAlertSink>(sink),
                Options.Create(new AlertOptions { BatchSize = 4 }), null, clock);
            await using (var unit = await database.BeginAsync())
            {
                var notices = Enumerable.Range(1, 10).Select(number => new AlertNotice(TenantId.Default, AlertKinds.Case, "desk", number % 3 == 0 ? "B" : "A", $"{number}").ToMessage());
                await store.Inner.AppendAsync(unit, [.. notices]);
                await unit.CommitAsync();
            }

            store.IsArmed = true;
            for (var minute = 0; minute < 40; minute++)
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                try
                {
                    await pump.PumpOnceAsync();
                }
                catch (TimeoutException)
                {
                    // The service logs it and comes again.
                }
            }

            Assert.Equal(10, sink.Told.DistinctBy(alert => alert.Id).Sum(alert => alert.Count));
            Assert.Equal(0, (await store.Inner.BacklogAsync(AlertNotice.Destination)).Count + (await store.Inner.BacklogAsync("alerts.one")).Count);
            if (!store.HasBroken)
            {
                Assert.True(call > 10);
                return;
            }
        }
    }

    private sealed class Breaking(IOutboxStore inner, ILeaseStore leases, int call, bool after) : ForwardingOutboxStore(inner), ILeaseStore
    {
        private int _calls;

        public IOutboxStore Inner { get; } = inner;

        public bool IsArmed { get; set; }

        public bool HasBroken { get; private set; }

        public ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
            CallAsync(() => leases.TryAcquireAsync(name, owner, duration, cancellationToken));

        public ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) => leases.ReleaseAsync(lease, cancellationToken);

        protected override async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> act)
        {
            var breaks = IsArmed && ++_calls == call;
            HasBroken |= breaks;
            if (breaks && !after)
            {
                throw new TimeoutException("It did not happen.");
            }

            var result = await act();
            return breaks ? throw new TimeoutException("It happened, and nobody heard.") : result;
        }
    }
}
