using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the idempotency engine.</summary>
public static class OrderKitIdempotencyExtensions
{
    /// <summary>Adds operations that take effect once, <see cref="Operations"/> and <see cref="GroupedOperations"/>.</summary>
    public static OrderKitBuilder AddIdempotency(this OrderKitBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(static provider => new Operations(
            StoreChoice.PortOf<IOperationStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<Operations>>()));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OperationSweepService>());
        return builder.AddGroupedOperations();
    }

    /// <summary>Adds operations of many callers in shared transactions; <see cref="AddIdempotency"/> does so already, and this one sets it.</summary>
    public static OrderKitBuilder AddGroupedOperations(this OrderKitBuilder builder, Action<GroupedOperationsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<GroupedOperationsOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GroupedOperationsOptions>, GroupedOperationsOptionsCheck>());
        services.TryAddSingleton(static provider => new GroupedOperations(
            StoreChoice.PortOf<IOperationStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<IOptions<GroupedOperationsOptions>>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<GroupedOperations>>()));
        return builder;
    }
}
