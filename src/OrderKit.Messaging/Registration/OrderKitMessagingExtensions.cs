using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the delivery of messages.</summary>
public static class OrderKitMessagingExtensions
{
    /// <summary>Adds the outbox, the inbox, dead letters and the lag monitor. Calling it again changes nothing.</summary>
    public static OrderKitBuilder AddMessaging(this OrderKitBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOutbox().AddInbox().AddLagMonitor().Services.TryAddSingleton<DeadLetters>();
        return builder;
    }

    /// <summary>Changes the options of the outbox pump, which <see cref="AddMessaging"/> adds.</summary>
    public static OrderKitBuilder AddOutbox(this OrderKitBuilder builder, Action<OutboxPumpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IDeadLetterStore>()
            .RequireStorePort<IDeliveryPauseStore>()
            .AddBackgroundLoops<OutboxPump>(OutboxLoops);
        builder.Services.AddScopedService<IOutboxSink, OrderEventSink>();
        builder.Services.TryAddSingleton<OutboxPump>();
        return builder;
    }

    /// <summary>Changes the options of the inbox, which <see cref="AddMessaging"/> adds.</summary>
    public static OrderKitBuilder AddInbox(this OrderKitBuilder builder, Action<InboxPumpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IInboxStore>()
            .RequireStorePort<IDeadLetterStore>()
            .RequireStorePort<IDeliveryPauseStore>()
            .AddBackgroundLoops<InboxPump>(InboxLoops);
        builder.Services.TryAddSingleton<Inbox>();
        builder.Services.UseScopedService<IInboxHandler>().TryAddSingleton<InboxPump>();
        return builder;
    }

    /// <summary>Changes the options of <see cref="LagMonitor"/>, which <see cref="AddMessaging"/> adds.</summary>
    public static OrderKitBuilder AddLagMonitor(this OrderKitBuilder builder, Action<LagOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IInboxStore>()
            .UseScopedService<IInboxHandler>()
            .TryAddSingleton(static provider => new LagMonitor(
                provider.GetRequiredService<IOutboxStore>(),
                provider.GetRequiredService<IInboxStore>(),
                Watched(provider),
                provider.GetService<TimeProvider>()));
        return builder;
    }

    /// <summary>Adds the handler of a consumer's messages. Each transaction resolves it in a scope of its own.</summary>
    public static OrderKitBuilder AddInboxHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this OrderKitBuilder builder)
        where THandler : class, IInboxHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddScopedServices<IInboxHandler, THandler>();
        return builder;
    }

    /// <summary>Adds a handler of order events. Each delivery resolves it in a scope of its own.</summary>
    public static OrderKitBuilder AddEventHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this OrderKitBuilder builder)
        where THandler : class, IOrderEventHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddScopedServices<IOrderEventHandler, THandler>();
        return builder;
    }

    /// <summary>Sends the outbox through the transport instead of to the <see cref="IOrderEventHandler"/>s of this process.</summary>
    /// <remarks>
    /// <see cref="OutboxPumpOptions.Destination"/> is the topic. <see cref="PumpOptions.MaxConcurrency"/> becomes 32 unless
    /// <paramref name="configure"/> changes it. Add a transport too.
    /// </remarks>
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
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public static OrderKitBuilder ReceiveFromTransport(this OrderKitBuilder builder, Action<TransportReceiverOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        if (builder.Services.Any(static descriptor => descriptor.ServiceType == typeof(TransportReceiver)))
        {
            throw new InvalidOperationException(
                "ReceiveFromTransport was called already. A host has one receiver; create further ones with new TransportReceiver(…).");
        }

        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .AddBackgroundLoops<TransportReceiver>(ReceiverLoops)
            .AddSingleton(static provider =>
            {
                _ = TransportOf(provider);
                return ActivatorUtilities.CreateInstance<TransportReceiver>(provider);
            });
        return builder;
    }

    /// <summary>Adds the transport within this process, for tests and for hosts that are publisher and receiver at once.</summary>
    /// <exception cref="InvalidOperationException">Another transport was added before.</exception>
    public static OrderKitBuilder AddInProcessTransport(this OrderKitBuilder builder, Action<InProcessTransportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.ChooseTransport<InProcessTransport>();
        builder.Services.AddValidatedOptions(configure, static (options, faults) => options.Validate(faults));
        return builder;
    }

    /// <summary>Registers the one transport of a host. Packages that implement <see cref="ITransport"/> call it.</summary>
    /// <exception cref="InvalidOperationException">Another transport was added before.</exception>
    public static OrderKitBuilder ChooseTransport<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TTransport>(this OrderKitBuilder builder)
        where TTransport : class, ITransport
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(static descriptor => descriptor.ServiceType == typeof(ITransport)))
        {
            throw new InvalidOperationException(
                $"{typeof(TTransport).Name} can't be added, because the host has a transport already. Choose one transport.");
        }

        builder.Services.AddSingleton<TTransport>();
        builder.Services.AddSingleton<ITransport>(static provider => provider.GetRequiredService<TTransport>());
        return builder;
    }

    private static ITransport TransportOf(IServiceProvider provider) => provider.GetService<ITransport>()
        ?? throw new InvalidOperationException(
            "OrderKit has no transport. Call AddRabbitMq(...) or, within one process, AddInProcessTransport(...).");

    private static IEnumerable<BackgroundLoop> OutboxLoops(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<OutboxPumpOptions>>().Value;
        if (!options.RunInBackground)
        {
            return [];
        }

        var pump = provider.GetRequiredService<OutboxPump>();
        if (provider.GetRequiredService<ScopedService<IOutboxSink>>().Read(static sink => sink is OrderEventSink { HasHandlers: false }))
        {
            // Another process may have handlers: without any here, this one must not take their events.
            pump.LogNoHandlers();
            return [];
        }

        return [new BackgroundLoop("outbox", options.PollInterval, pump.PumpAllAsync, pump.Written)];
    }

    private static IEnumerable<BackgroundLoop> InboxLoops(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<InboxPumpOptions>>().Value;
        if (!options.RunInBackground || provider.GetRequiredService<InboxPump>() is not { Pumps.Count: > 0 } pump)
        {
            return [];
        }

        // While messages are always due a pump never ends: each has a loop of its own, and so has the deletion of old messages.
        return pump.Pumps
            .Select(consumer => new BackgroundLoop($"inbox {consumer.Name}", options.PollInterval, consumer.PumpAllAsync, pump.Written))
            .Append(new BackgroundLoop("inbox retention", options.CleaningInterval, provider.GetRequiredService<Inbox>().SweepAsync));
    }

    private static IEnumerable<BackgroundLoop> ReceiverLoops(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<TransportReceiverOptions>>().Value;
        return options.RunInBackground
            ? [new BackgroundLoop("transport receiver", options.MaxDelay, provider.GetRequiredService<TransportReceiver>().ReceiveAllAsync)]
            : [];
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
            foreach (var handler in provider.GetRequiredService<ScopedServices<IInboxHandler>>().All)
            {
                options.Consumers.Add(handler.Read(static one => one.Consumer));
            }
        }

        return options;
    }
}
