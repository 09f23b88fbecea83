using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OrderKit.Core;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the vocabulary that the engines share.</summary>
public static class OrderKitCoreServiceCollectionExtensions
{
    /// <summary>Adds what every engine needs; calling it twice changes nothing.</summary>
    public static OrderKitBuilder AddOrderKitCore(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(AlertNotices.None);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StoreChoiceCheck>());
        return new OrderKitBuilder(services);
    }
}
