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
            StoreChoice.PortOf<IDeadLetterStore>(provider),
            StoreChoice.PortOf<IDeliveryPauseStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<IOutboxSink>(),
            provider.GetRequiredService<IOptions<OutboxPumpOptions>>(),
            provider.GetService<ILogger<OutboxPump>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OutboxPumpService>());

        services.AddOptions<InboxPumpOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<InboxPumpOptions>, InboxPumpOptionsCheck>());
        services.TryAddSingleton(static provider => new Inbox(StoreChoice.PortOf<IInboxStore>(provider), StoreChoice.PortOf<IUnitOfWorkFactory>(provider)));
        services.TryAddSingleton(static provider => new InboxPump(
            StoreChoice.PortOf<IInboxStore>(provider),
            StoreChoice.PortOf<IDeadLetterStore>(provider),
            StoreChoice.PortOf<IDeliveryPauseStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetServices<IInboxHandler>(),
            provider.GetRequiredService<IOptions<InboxPumpOptions>>(),
            provider.GetService<ILogger<InboxPump>>()));
        services.TryAddSingleton(static provider => new DeadLetters(
            StoreChoice.PortOf<IDeadLetterStore>(provider),
            StoreChoice.PortOf<IOutboxStore>(provider),
            StoreChoice.PortOf<IInboxStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<IOptions<InboxPumpOptions>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, InboxPumpService>());
        services.TryAddSingleton(static provider => new LagMonitor(
            StoreChoice.PortOf<IOutboxStore>(provider), StoreChoice.PortOf<IInboxStore>(provider), Watched(provider), provider.GetService<TimeProvider>()));
        return builder;
    }

    /// <summary>Changes the settings of the inbox.</summary>
    public static OrderKitBuilder ConfigureInbox(this OrderKitBuilder builder, Action<InboxPumpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>Changes what is watched by the <see cref="LagMonitor"/>.</summary>
    public static OrderKitBuilder ConfigureLag(this OrderKitBuilder builder, Action<LagOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>Adds the handler of a consumer's messages.</summary>
    public static OrderKitBuilder AddInboxHandler<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(this OrderKitBuilder builder)
        where THandler : class, IInboxHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IInboxHandler, THandler>());
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

    private static LagOptions Watched(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<LagOptions>>().Value;
        if (options.Destinations.Count == 0)
        {
            options.Destinations.Add(provider.GetRequiredService<IOptions<OutboxPumpOptions>>().Value.Destination);
        }

        if (options.Consumers.Count == 0)
        {
            foreach (var handler in provider.GetServices<IInboxHandler>())
            {
                options.Consumers.Add(handler.Consumer);
            }
        }

        return options;
    }
}
