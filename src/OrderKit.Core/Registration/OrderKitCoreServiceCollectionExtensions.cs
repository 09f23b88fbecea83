using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OrderKit.Core;
using OrderKit.Core.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the vocabulary that the engines share.</summary>
public static class OrderKitCoreServiceCollectionExtensions
{
    /// <summary>Adds what every engine needs. Calling it again changes nothing.</summary>
    public static OrderKitBuilder AddOrderKitCore(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(AlertNotices.None);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StoreChoiceCheck>());
        services
            .RequireStorePort<IUnitOfWorkFactory>()
            .RequireStorePort<IOutboxStore>()
            .RequireStorePort<ILeaseStore>()
            .RequireStorePort<ICaseStore>()
            .RequireStorePort<IQuarantineStore>();
        return new OrderKitBuilder(services);
    }
}
