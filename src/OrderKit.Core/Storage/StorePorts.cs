using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrderKit.Core.Storage;

/// <summary>Registers the ports of stores: an engine requires them, a store provides them.</summary>
public static class StorePorts
{
    /// <summary>Requires a port: until a store provides it, resolving it throws an exception that says how to choose a store.</summary>
    public static IServiceCollection RequireStorePort<TPort>(this IServiceCollection services)
        where TPort : class
    {
        services.TryAddSingleton(Missing<TPort>.Factory);
        return services;
    }

    /// <summary>Provides a port. A port that the host registered itself stays.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="make">Makes the port; a host has one.</param>
    public static IServiceCollection AddStorePort<TPort>(this IServiceCollection services, Func<IServiceProvider, TPort> make)
        where TPort : class
    {
        ArgumentNullException.ThrowIfNull(services);
        var missing = services.FirstOrDefault(static service => ReferenceEquals(service.ImplementationFactory, Missing<TPort>.Factory));
        if (missing is not null)
        {
            services.Remove(missing);
        }

        services.TryAddSingleton(make);
        return services;
    }

    private static class Missing<TPort>
        where TPort : class
    {
        public static readonly Func<IServiceProvider, TPort> Factory = static _ => throw new InvalidOperationException(StoreChoice.Missing);
    }
}
