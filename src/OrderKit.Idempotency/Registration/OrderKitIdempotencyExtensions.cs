using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the idempotency engine.</summary>
public static class OrderKitIdempotencyExtensions
{
    /// <summary>Adds operations that take effect once.</summary>
    public static OrderKitBuilder AddIdempotency(this OrderKitBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(static provider => new Operations(
            StoreChoice.PortOf<IOperationStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<Operations>>()));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OperationSweepService>());
        return builder;
    }
}
