using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

public sealed class InMemoryStoreRegistrationTests
{
    [Fact]
    public async Task All_ports_stand_on_one_database_and_the_hosts_clock()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock);
        services.AddOrderKitCore().UseInMemory();
        await using var provider = services.BuildServiceProvider();

        var store = provider.GetRequiredService<IOrderStore>();
        Assert.Same(store, provider.GetRequiredService<IOrderQueryStore>());
        Assert.Same(store, provider.GetRequiredService<IJournalStore>());
        Assert.Same(store, provider.GetRequiredService<IDeadlineStore>());
        Assert.Same(clock, provider.GetRequiredService<InMemoryDatabase>().TimeProvider);
        await using var unit = await provider.GetRequiredService<IUnitOfWorkFactory>().BeginAsync();
        Assert.Empty(await store.SaveAsync(unit, []));
        Assert.NotNull(provider.GetRequiredService<IOutboxStore>());
        Assert.NotNull(provider.GetRequiredService<ILeaseStore>());
        Assert.NotNull(provider.GetRequiredService<ICaseStore>());
    }

    [Fact]
    public void A_second_choice_is_refused_and_a_port_of_the_hosts_own_stays()
    {
        var leases = new InMemoryLeaseStore(new InMemoryDatabase());
        var services = new ServiceCollection().AddSingleton<ILeaseStore>(leases);
        var builder = services.AddOrderKitCore().UseInMemory();

        Assert.Throws<InvalidOperationException>(() => builder.UseInMemory());
        using var provider = services.BuildServiceProvider();
        Assert.Same(leases, provider.GetRequiredService<ILeaseStore>());
    }
}
