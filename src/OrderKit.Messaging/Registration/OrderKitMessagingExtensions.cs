using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

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
        services.AddOptions<LagOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LagOptions>, LagOptionsCheck>());
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

    /// <summary>Sends the outbox through the transport instead of handing it to the <see cref="IOrderEventHandler"/>s of this process.</summary>
    /// <remarks>The destination that <see cref="OutboxPumpOptions.Destination"/> names is the topic. Add a transport too.</remarks>
    public static OrderKitBuilder SendThroughTransport(this OrderKitBuilder builder, Action<OutboxPumpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<OutboxPumpOptions>(options =>
        {
            options.MaxConcurrency = 32;
            configure?.Invoke(options);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton<IOutboxSink>(static provider => new TransportSink(TransportOf(provider))));
        return builder;
    }

    /// <summary>Receives a topic into the inbox of a consumer. Add a transport and an <see cref="IInboxHandler"/> too.</summary>
    public static OrderKitBuilder ReceiveFromTransport(this OrderKitBuilder builder, Action<TransportReceiverOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        if (services.Any(static descriptor => descriptor.ServiceType == typeof(TransportReceiver)))
        {
            throw new InvalidOperationException("ReceiveFromTransport was called already. A host has one receiver; make further ones yourself, with new TransportReceiver(…).");
        }

        services.AddOptions<TransportReceiverOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TransportReceiverOptions>, TransportReceiverOptionsCheck>());
        services.AddSingleton(static provider => new TransportReceiver(
            TransportOf(provider),
            provider.GetRequiredService<Inbox>(),
            StoreChoice.PortOf<IDeadLetterStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<IOptions<TransportReceiverOptions>>(),
            provider.GetService<ILogger<TransportReceiver>>(),
            provider.GetService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TransportReceiverService>());
        return builder;
    }

    /// <summary>Adds the transport within this process, for tests and for hosts that are publisher and receiver at once.</summary>
    /// <exception cref="InvalidOperationException">Another transport was added before.</exception>
    public static OrderKitBuilder AddInProcessTransport(this OrderKitBuilder builder, Action<InProcessTransportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.ChooseTransport(static provider => new InProcessTransport(provider.GetRequiredService<IOptions<InProcessTransportOptions>>(), provider.GetService<TimeProvider>()));
        builder.Services.AddOptions<InProcessTransportOptions>().Configure(configure).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<InProcessTransportOptions>, InProcessTransportOptionsCheck>());
        return builder;
    }

    /// <summary>Registers the one transport of a host; packages that implement <see cref="ITransport"/> call it.</summary>
    /// <exception cref="InvalidOperationException">Another transport was added before.</exception>
    public static OrderKitBuilder ChooseTransport<TTransport>(this OrderKitBuilder builder, Func<IServiceProvider, TTransport> make)
        where TTransport : class, ITransport
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(make);
        if (builder.Services.Any(static descriptor => descriptor.ServiceType == typeof(ITransport)))
        {
            throw new InvalidOperationException($"{typeof(TTransport).Name} was added although there is a transport already. Choose one transport.");
        }

        builder.Services.AddSingleton(make);
        builder.Services.AddSingleton<ITransport>(static provider => provider.GetRequiredService<TTransport>());
        return builder;
    }

    private static ITransport TransportOf(IServiceProvider provider) => provider.GetService<ITransport>()
        ?? throw new InvalidOperationException("OrderKit has no transport. Call AddRabbitMq(...) or, within one process, AddInProcessTransport(...).");

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
