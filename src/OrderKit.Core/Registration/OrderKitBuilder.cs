using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Collects what a host wants of OrderKit; made by <c>AddOrderKitCore()</c> or <c>AddOrderKit()</c>.</summary>
public sealed class OrderKitBuilder
{
    internal OrderKitBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Records the one store that the host chose.</summary>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public OrderKitBuilder ChooseStore(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        foreach (var descriptor in Services)
        {
            if (descriptor.ServiceType == typeof(StoreChoice))
            {
                throw new InvalidOperationException(
                    $"{name} was called although {((StoreChoice)descriptor.ImplementationInstance!).Name} chose the store already. Choose one store.");
            }
        }

        Services.AddSingleton(new StoreChoice(name));
        return this;
    }
}
