using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the order lifecycle engine.</summary>
public static class OrderKitStateMachineExtensions
{
    /// <summary>Adds the order lifecycle engine; calling it again only adds settings.</summary>
    public static OrderKitBuilder AddStateMachine(this OrderKitBuilder builder, Action<OrderLifecycleOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<OrderLifecycleOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.AddOptions<DeadlineOptions>().ValidateOnStart();
        services.AddOptions<JournalSealingOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OrderLifecycleOptions>, OrderLifecycleOptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeadlineOptions>, DeadlineOptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JournalSealingOptions>, JournalSealingOptionsCheck>());
        services.TryAddSingleton(static provider =>
        {
            var models = provider.GetRequiredService<IOptions<OrderLifecycleOptions>>().Value.Models;
            return new OrderModelRegistry(models.Count > 0 ? models : [OrderModels.Retail]);
        });

        // Made by hand, so that a host without a store is told what to call and not which port is missing.
        services.TryAddSingleton(static provider => new OrderLifecycle(
            StoreChoice.PortOf<IOrderStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<OrderModelRegistry>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<OrderLifecycleOptions>>(),
            provider.GetService<ILogger<OrderLifecycle>>(),
            provider.GetService<AlertSwitch>()));
        services.TryAddSingleton(static provider => new OrderQueries(
            StoreChoice.PortOf<IOrderQueryStore>(provider), StoreChoice.PortOf<ICaseStore>(provider), provider.GetRequiredService<OrderModelRegistry>()));
        services.TryAddSingleton(static provider => new DeadlineRunner(
            StoreChoice.PortOf<IDeadlineStore>(provider),
            provider.GetRequiredService<OrderLifecycle>(),
            provider.GetServices<IDeadlineProbe>(),
            provider.GetRequiredService<IOptions<DeadlineOptions>>(),
            provider.GetService<ILogger<DeadlineRunner>>()));
        services.TryAddSingleton(static provider => new JournalSealer(
            StoreChoice.PortOf<IJournalStore>(provider),
            StoreChoice.PortOf<ILeaseStore>(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<JournalSealingOptions>>()));
        services.TryAddSingleton(static provider => new JournalVerifier(StoreChoice.PortOf<IJournalStore>(provider)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DeadlineService>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, JournalSealingService>());
        return builder;
    }
}
