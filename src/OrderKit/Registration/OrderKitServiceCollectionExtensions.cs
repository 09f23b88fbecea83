using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderKit;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers OrderKit.</summary>
public static class OrderKitServiceCollectionExtensions
{
    /// <summary>Adds all engines. Choose a store with <c>UseSqlite</c>, <c>UsePostgreSql</c> or <c>UseInMemory</c>.</summary>
    /// <example>
    /// <code>
    /// builder.Services.AddOrderKit().UseSqlite("Data Source=orders.db");
    /// </code>
    /// </example>
    public static OrderKitBuilder AddOrderKit(this IServiceCollection services) =>
        services.AddOrderKitCore().AddStateMachine().AddIdempotency().AddDuplicateOrders().AddMessaging().AddIntake();

    /// <summary>Adds the gate for payment notifications: it compares them with payment documents and fires them at orders.</summary>
    /// <typeparam name="TDocuments">The host's payment documents.</typeparam>
    public static OrderKitBuilder AddPaymentNotifications<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDocuments>(
        this OrderKitBuilder builder, Action<NotificationOptions>? configure = null)
        where TDocuments : class, IPaymentDocuments
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddScoped<IPaymentDocuments, TDocuments>();
        builder.Services.TryAddScoped<INotificationEffects, OrderNotificationEffects>();
        return builder.AddNotifications(configure);
    }

    /// <summary>Changes the options of <see cref="OrderIntake"/>, which <see cref="AddOrderKit"/> adds.</summary>
    public static OrderKitBuilder AddIntake(this OrderKitBuilder builder, Action<IntakeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .TryAddSingleton<OrderIntake>();
        return builder;
    }
}
