using Microsoft.Extensions.DependencyInjection;

namespace OrderKit.Core;

/// <summary>All registrations of a service of the host; each is opened in a scope of its own.</summary>
/// <typeparam name="T">The service, such as a handler.</typeparam>
public sealed class ScopedServices<T>
    where T : class
{
    /// <summary>Wraps instances, for programs without a container.</summary>
    /// <param name="instances">The instances. They are never disposed.</param>
    public ScopedServices(params IEnumerable<T> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        All = [.. instances.Select(static instance => new ScopedService<T>(instance))];
    }

    internal ScopedServices(IServiceProvider services)
    {
        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        var container = services.GetService<IServiceProviderIsService>();
        Type[] types;
        var scope = scopes.CreateAsyncScope();
        try
        {
            types = [.. scope.ServiceProvider.GetServices<T>().Select(static service => service.GetType())];
        }
        finally
        {
            ScopedService<T>.End(scope);
        }

        All = [.. types.Select((type, index) => new ScopedService<T>(scopes, ResolverOf(type, index)))];

        // A type with one registration that can be resolved by itself is: the others are then not created with it.
        Func<IServiceProvider, T> ResolverOf(Type type, int index) =>
            container?.IsService(type) == true && types.Count(other => other == type) == 1
            ? provider => (T)provider.GetRequiredService(type)
            : provider => provider.GetServices<T>().ElementAt(index);
    }

    /// <summary>The services, in the order of their registration.</summary>
    public IReadOnlyList<ScopedService<T>> All { get; }
}
