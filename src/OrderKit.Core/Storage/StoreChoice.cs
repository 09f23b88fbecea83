using Microsoft.Extensions.DependencyInjection;

namespace OrderKit.Core.Storage;

/// <summary>Which store the host chose.</summary>
/// <param name="Name">The registering call, such as <c>UseSqlite</c>.</param>
public sealed record StoreChoice(string Name)
{
    internal const string Missing = "OrderKit has no store. Call UseSqlite(...), UsePostgreSql(...) or, for tests, UseInMemory() after AddOrderKit().";

    /// <summary>A port of the chosen store, behind its <see cref="IStorePortDecorator{TPort}"/>s.</summary>
    /// <exception cref="InvalidOperationException">No store was chosen.</exception>
    public static TPort PortOf<TPort>(IServiceProvider services)
        where TPort : class
    {
        var port = services.GetService<TPort>() ?? throw new InvalidOperationException(Missing);
        foreach (var decorator in services.GetServices<IStorePortDecorator<TPort>>())
        {
            port = decorator.Decorate(port);
        }

        return port;
    }
}
