using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the delivery of order events.</summary>
public static class OrderKitMessagingExtensions
{
    /// <summary>Adds the pump that delivers the outbox to the <see cref="IOrderEventHandler"/>s of this process.</summary>
    public static OrderKitBuilder AddMessaging(this OrderKitBuilder builder, Action<OutboxPumpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<OutboxPumpOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutboxPumpOptions>, OutboxPumpOptionsCheck>());
        services.TryAddSingleton<IOutboxSink, OrderEventSink>();
        services.TryAddSingleton(static provider => new OutboxPump(
            StoreChoice.PortOf<IOutboxStore>(provider),
            provider.GetRequiredService<IOutboxSink>(),
            provider.GetRequiredService<IOptions<OutboxPumpOptions>>(),
            provider.GetService<ILogger<OutboxPump>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OutboxPumpService>());
        return builder;
    }

    /// <summary>Adds a handler of order events.</summary>
    public static OrderKitBuilder AddEventHandler<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(this OrderKitBuilder builder)
        where THandler : class, IOrderEventHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IOrderEventHandler, THandler>());
        return builder;
    }
}
