using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the search for duplicate orders.</summary>
public static class DuplicateOrderExtensions
{
    /// <summary>Adds <see cref="DuplicateOrders"/> and <see cref="DuplicateReview"/>; calling it again adds settings.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">The settings. To have them follow a configuration, bind <see cref="DuplicateOrderOptions"/> to a section of it.</param>
    public static OrderKitBuilder AddDuplicateOrders(this OrderKitBuilder builder, Action<DuplicateOrderOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<DuplicateOrderOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DuplicateOrderOptions>, DuplicateOrderOptionsCheck>());
        services.TryAddSingleton(static provider => new DuplicateRules(
            provider.GetRequiredService<IOptionsMonitor<DuplicateOrderOptions>>(), provider.GetService<ILogger<DuplicateRules>>()));
        services.TryAddSingleton(static provider => new DuplicateOrders(
            StoreChoice.PortOf<IDuplicateOrderStore>(provider), provider.GetRequiredService<DuplicateRules>()));
        services.TryAddSingleton(static provider => new DuplicateReview(
            StoreChoice.PortOf<IDuplicateOrderStore>(provider),
            StoreChoice.PortOf<IDuplicateOrderQueryStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<DuplicateRules>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DuplicateReleaseService>());
        return builder;
    }
}
