using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.StateMachine;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers OrderKit.</summary>
public static class OrderKitServiceCollectionExtensions
{
    /// <summary>Adds all engines; choose a store with <c>UseSqlite</c>, <c>UsePostgreSql</c> or <c>UseInMemory</c>.</summary>
    /// <example>
    /// <code>
    /// builder.Services.AddOrderKit().UseSqlite("Data Source=orders.db");
    /// </code>
    /// </example>
    public static OrderKitBuilder AddOrderKit(this IServiceCollection services) =>
        services.AddOrderKitCore().AddStateMachine().AddIdempotency().AddDuplicateOrders().AddMessaging().AddIntake();

    /// <summary>Adds the gate for what payment providers say, which is compared with the host's payment documents and fired at its orders.</summary>
    /// <typeparam name="TDocuments">The host's payment documents.</typeparam>
    public static OrderKitBuilder AddPaymentNotifications<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDocuments>(
        this OrderKitBuilder builder, Action<NotificationOptions>? configure = null)
        where TDocuments : class, IPaymentDocuments
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<NotificationOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NotificationOptions>, NotificationOptionsCheck>());
        services.TryAddSingleton<IPaymentDocuments, TDocuments>();
        services.TryAddSingleton<INotificationEffects>(static provider => new OrderNotificationEffects(
            provider.GetRequiredService<OrderLifecycle>(), provider.GetRequiredService<IPaymentDocuments>(), provider.GetRequiredService<IOptions<NotificationOptions>>()));
        services.TryAddSingleton(static provider => new NotificationGate(
            StoreChoice.PortOf<IOperationStore>(provider),
            StoreChoice.PortOf<IQuarantineStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<INotificationEffects>(),
            provider.GetRequiredService<IOptions<NotificationOptions>>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<NotificationGate>>()));
        return builder;
    }

    /// <summary>Adds the intake that claims and fires facts together; <c>AddOrderKit()</c> does so already, and this one sets it.</summary>
    public static OrderKitBuilder AddIntake(this OrderKitBuilder builder, Action<IntakeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<IntakeOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IntakeOptions>, IntakeOptionsCheck>());
        services.TryAddSingleton(static provider => new OrderIntake(
            StoreChoice.PortOf<IOperationStore>(provider),
            StoreChoice.PortOf<IUnitOfWorkFactory>(provider),
            provider.GetRequiredService<OrderLifecycle>(),
            provider.GetRequiredService<IOptions<IntakeOptions>>(),
            provider.GetService<TimeProvider>()));
        return builder;
    }
}
