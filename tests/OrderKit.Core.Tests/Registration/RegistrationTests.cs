using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core.Storage;

namespace OrderKit.Core.Tests.Registration;

public sealed class RegistrationTests
{
    [Fact]
    public void Options_are_configured_by_each_call_and_validated_once_with_all_their_faults()
    {
        var services = new ServiceCollection();
        services.AddValidatedOptions<Settings>(static options => options.First = 0, Settings.Validate);
        services.AddValidatedOptions<Settings>(static options => options.Second = 0, Settings.Validate);
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<Settings>>().Value);

        Assert.Equal(["Settings.First is 0; it is at least 1.", "Settings.Second is 0; it is at least 1."], refusal.Failures);
    }

    [Fact]
    public void A_port_that_no_store_provides_says_how_to_choose_a_store()
    {
        using var provider = new ServiceCollection().AddOrderKitCore().Services.BuildServiceProvider();

        var failure = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IOutboxStore>());

        Assert.StartsWith("OrderKit has no store. Call UseSqlite(...)", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_provides_a_port_before_or_after_an_engine_requires_it(bool first)
    {
        using var database = new InMemoryDatabase();
        var (services, store) = (new ServiceCollection(), new InMemoryOutboxStore(database));
        if (first)
        {
            services.AddStorePort<IOutboxStore>(_ => store);
        }

        services.AddOrderKitCore();
        services.AddStorePort<IOutboxStore>(_ => store);
        services.AddOrderKitCore();
        using var provider = services.BuildServiceProvider();

        Assert.Same(store, Assert.Single(provider.GetServices<IOutboxStore>()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_port_of_the_host_stays_whenever_it_was_registered(bool first)
    {
        using var database = new InMemoryDatabase();
        var (services, mine) = (new ServiceCollection(), new InMemoryOutboxStore(database));
        if (first)
        {
            services.AddSingleton<IOutboxStore>(mine);
        }

        services.AddOrderKitCore();
        if (!first)
        {
            services.AddSingleton<IOutboxStore>(mine);
        }

        services.AddStorePort<IOutboxStore>(_ => new InMemoryOutboxStore(database));
        using var provider = services.BuildServiceProvider();

        Assert.Same(mine, Assert.Single(provider.GetServices<IOutboxStore>()));
    }

    private sealed class Settings
    {
        public int First { get; set; } = 1;

        public int Second { get; set; } = 1;

        public static void Validate(Settings options, OptionFaults faults)
        {
            faults.RequireAtLeastOne(options.First);
            faults.RequireAtLeastOne(options.Second);
        }
    }
}
