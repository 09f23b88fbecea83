using Microsoft.Extensions.DependencyInjection;

namespace OrderKit.Core.Tests.Scopes;

public sealed class ScopedServiceTests
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task Each_lease_is_a_scope_of_its_own_and_disposes_what_it_made()
    {
        await using var provider = Provider(static services => services.AddScopedService<IHandler, First>());
        var handler = provider.GetRequiredService<ScopedService<IHandler>>();

        Context one, two;
        await using (var lease = handler.Open())
        {
            one = lease.Service.Context;
            await using var other = handler.Open();
            two = other.Service.Context;
            Assert.False(one.IsDisposed);
        }

        Assert.NotSame(one, two);
        Assert.Equal((true, true), (one.IsDisposed, two.IsDisposed));
        Assert.Equal(["First", "First"], _log);
    }

    [Fact]
    public async Task A_lease_that_is_disposed_twice_disposes_once()
    {
        await using var provider = Provider(static services => services.AddScopedService<IHandler, First>());
        var lease = provider.GetRequiredService<ScopedService<IHandler>>().Open();

        await lease.DisposeAsync();
        await lease.DisposeAsync();
        Assert.True(lease.Service.Context.IsDisposed);
    }

    [Fact]
    public async Task Of_several_only_the_one_that_is_opened_is_made()
    {
        await using var provider = Provider(static services => services
            .AddScopedServices<IHandler, First>().AddScopedServices<IHandler, Second>().AddScopedServices<IHandler, First>());
        var handlers = provider.GetRequiredService<ScopedServices<IHandler>>();
        Assert.Equal(["First", "Second"], handlers.All.Select(static handler => handler.Read(static one => one.Name)));
        _log.Clear();

        await using var lease = handlers.All[1].Open();

        Assert.Equal("Second", lease.Service.Name);
        Assert.Equal(["Second"], _log);
    }

    [Fact]
    public async Task Instances_that_the_host_registered_are_found_beside_scoped_types()
    {
        using var context = new Context();
        await using var provider = Provider(services => services
            .AddSingleton<IHandler>(new First(context, _log)).AddSingleton<IHandler>(new First(context, _log)).AddScopedServices<IHandler, Second>());

        var all = provider.GetRequiredService<ScopedServices<IHandler>>().All;
        await using var leases = new Leases(all);
        var (first, twin, scoped) = leases;

        Assert.Equal((context, context), (first.Context, twin.Context));
        Assert.NotSame(first, twin);
        Assert.NotSame(context, scoped.Context);
    }

    [Fact]
    public async Task A_host_that_registered_its_own_implementation_keeps_it()
    {
        await using var provider = Provider(static services => services.AddScoped<IHandler, Second>().AddScopedService<IHandler, First>());
        await using var lease = provider.GetRequiredService<ScopedService<IHandler>>().Open();

        Assert.IsType<Second>(lease.Service);
    }

    [Fact]
    public async Task Without_a_container_an_instance_is_used_and_never_disposed()
    {
        using var context = new Context();
        var instance = new First(context, _log);
        var (single, several) = (new ScopedService<IHandler>(instance), new ScopedServices<IHandler>(instance));

        foreach (var handler in several.All.Append(single))
        {
            await using var lease = handler.Open();
            Assert.Same(instance, lease.Service);
            Assert.Equal("First", handler.Read(static one => one.Name));
        }

        Assert.False(context.IsDisposed);
    }

    [Fact]
    public async Task A_service_that_cannot_be_made_leaves_no_scope_behind()
    {
        await using var provider = Provider(static services => services.AddScopedService<IHandler, Broken>());

        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<ScopedService<IHandler>>().Open()).Message);
        Assert.True(provider.GetRequiredService<Holder>().Last!.IsDisposed);
    }

    [Fact]
    public async Task Services_that_can_only_be_disposed_asynchronously_are_read_and_listed_and_cleaned_up()
    {
        await using var provider = new ServiceCollection().AddScoped<AsyncContext>()
            .AddScopedServices<IAsyncService, AsyncService>()
            .AddScopedService<AsyncBroken, AsyncBroken>().BuildServiceProvider(validateScopes: true);

        var service = Assert.Single(provider.GetRequiredService<ScopedServices<IAsyncService>>().All);
        Assert.True(service.Read(static one => one.Context).IsDisposed);
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<ScopedService<AsyncBroken>>().Open()).Message);
    }

    private ServiceProvider Provider(Func<IServiceCollection, IServiceCollection> add) =>
        add(new ServiceCollection().AddSingleton(_log).AddSingleton<Holder>().AddScoped<Context>()).BuildServiceProvider(validateScopes: true);

    private interface IHandler
    {
        string Name => GetType().Name;

        Context Context { get; }
    }

    private sealed class Holder
    {
        public Context? Last { get; set; }
    }

    private sealed class Context : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class AsyncContext : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }

    private interface IAsyncService
    {
        AsyncContext Context { get; }
    }

    private sealed class AsyncService(AsyncContext context) : IAsyncService
    {
        public AsyncContext Context => context;
    }

    private sealed class AsyncBroken
    {
        public AsyncBroken(AsyncContext context) => throw new InvalidOperationException(context is null ? "" : "broken");
    }

    private sealed class First : IHandler
    {
        public First(Context context, List<string> log)
        {
            Context = context;
            log.Add(nameof(First));
        }

        public Context Context { get; }
    }

    private sealed class Second : IHandler
    {
        public Second(Context context, List<string> log)
        {
            Context = context;
            log.Add(nameof(Second));
        }

        public Context Context { get; }
    }

    private sealed class Broken : IHandler
    {
        public Broken(Context context, Holder holder)
        {
            holder.Last = context;
            throw new InvalidOperationException("broken");
        }

        public Context Context => throw new NotSupportedException();
    }

    private sealed class Leases(IReadOnlyList<ScopedService<IHandler>> all) : IAsyncDisposable
    {
        private readonly ScopedService<IHandler>.Lease[] _leases = [.. all.Select(static one => one.Open())];

        public void Deconstruct(out IHandler first, out IHandler second, out IHandler third) =>
            (first, second, third) = (_leases[0].Service, _leases[1].Service, _leases[2].Service);

        public async ValueTask DisposeAsync()
        {
            foreach (var lease in _leases)
            {
                await lease.DisposeAsync();
            }
        }
    }
}
