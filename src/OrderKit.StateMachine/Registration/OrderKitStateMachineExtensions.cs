using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.StateMachine;

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
        services.TryAddSingleton<OrderLifecycle>();
        services.TryAddSingleton<OrderQueries>();
        services.TryAddSingleton<DeadlineRunner>();
        services.TryAddSingleton<JournalSealer>();
        services.TryAddSingleton<JournalVerifier>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DeadlineService>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, JournalSealingService>());
        return builder;
    }
}
