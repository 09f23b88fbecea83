using OrderKit.Core;

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
        services.AddOrderKitCore().AddStateMachine().AddMessaging().AddDuplicateOrders();
}
