using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Adds features of OrderKit to a host. It is made by <c>AddOrderKitCore()</c> or <c>AddOrderKit()</c>.</summary>
public sealed class OrderKitBuilder
{
    internal OrderKitBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the host.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Records the store that the host chose.</summary>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public OrderKitBuilder ChooseStore(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        foreach (var descriptor in Services)
        {
            if (descriptor.ServiceType == typeof(StoreChoice))
            {
                throw new InvalidOperationException(
                    $"{name} was called although {((StoreChoice)descriptor.ImplementationInstance!).Name} chose the store already. "
                    + "Choose one store.");
            }
        }

        Services.AddSingleton(new StoreChoice(name));
        return this;
    }
}
