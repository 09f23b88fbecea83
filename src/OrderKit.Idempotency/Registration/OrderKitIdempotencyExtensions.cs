using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the idempotency engine.</summary>
public static class OrderKitIdempotencyExtensions
{
    /// <summary>Adds operations that take effect once, <see cref="Operations"/> and <see cref="GroupedOperations"/>.</summary>
    public static OrderKitBuilder AddIdempotency(this OrderKitBuilder builder, Action<IdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => faults.RequirePositive(options.PollInterval))
            .RequireStorePort<IOperationStore>()
            .AddBackgroundLoop<Operations, IdempotencyOptions>(
                "expired operations", static (operations, token) => operations.SweepAsync(cancellationToken: token))
            .TryAddSingleton<Operations>();
        return builder.AddGroupedOperations();
    }

    /// <summary>Changes the options of <see cref="GroupedOperations"/>, which <see cref="AddIdempotency"/> adds.</summary>
    public static OrderKitBuilder AddGroupedOperations(this OrderKitBuilder builder, Action<GroupedOperationsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IOperationStore>()
            .TryAddSingleton<GroupedOperations>();
        return builder;
    }

    /// <summary>
    /// Adds <see cref="NotificationGate"/>. Register an <see cref="INotificationEffects"/> too; it is opened in a scope per transaction.
    /// </summary>
    public static OrderKitBuilder AddNotifications(this OrderKitBuilder builder, Action<NotificationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IOperationStore>()
            .UseScopedService<INotificationEffects>()
            .TryAddSingleton<NotificationGate>();
        return builder;
    }

    /// <summary>Adds <see cref="DuplicateOrders"/> and <see cref="DuplicateReview"/>. Calling it again only changes the options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">
    /// Changes the options. Bind <see cref="DuplicateOrderOptions"/> to a configuration section to follow its changes.
    /// </param>
    public static OrderKitBuilder AddDuplicateOrders(this OrderKitBuilder builder, Action<DuplicateOrderOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions<DuplicateOrderOptions>(configure, DuplicateOrderOptionsCheck.Validate)
            .RequireStorePort<IDuplicateOrderStore>()
            .RequireStorePort<IDuplicateOrderQueryStore>()
            .AddBackgroundLoop<DuplicateReview, DuplicateOrderOptions>("held orders", static (review, token) => review.RunDueAsync(token));
        builder.Services.TryAddSingleton<DuplicateRules>();
        builder.Services.TryAddSingleton<DuplicateOrders>();
        builder.Services.TryAddSingleton<DuplicateReview>();
        return builder;
    }
}
