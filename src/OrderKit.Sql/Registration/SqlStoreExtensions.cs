using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Sql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the SQL stores; called by the packages that bring a driver.</summary>
public static class SqlStoreExtensions
{
    /// <summary>Adds every store over a database. What the host registered before stays.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="database">Makes the database; opens nothing.</param>
    /// <param name="schema">What is done about the tables when the host starts.</param>
    public static OrderKitBuilder AddSqlStores(
        this OrderKitBuilder builder, Func<IServiceProvider, SqlDatabase> database, Func<IServiceProvider, SchemaMode> schema)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(schema);
        var services = builder.Services;
        services.TryAddSingleton(database);
        services.TryAddSingleton<IUnitOfWorkFactory>(provider => provider.GetRequiredService<SqlDatabase>());
        services.TryAddSingleton<OrderKitSchema>();
        services.TryAddSingleton<IOrderStore>(provider => new SqlOrderStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IOrderQueryStore>(provider => new SqlOrderQueryStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IJournalStore>(provider => new SqlJournalStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IDeadlineStore>(provider => new SqlDeadlineStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IOutboxStore>(provider => new SqlOutboxStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<ILeaseStore>(provider => new SqlLeaseStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IQuarantineStore>(provider => new SqlQuarantineStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IOperationStore>(provider => new SqlOperationStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<ICaseStore>(provider => new SqlCaseStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IDuplicateOrderStore>(provider => new SqlDuplicateOrderStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IDuplicateOrderQueryStore>(provider => new SqlDuplicateOrderQueryStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IInboxStore>(provider => new SqlInboxStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IDeadLetterStore>(provider => new SqlDeadLetterStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IDeliveryPauseStore>(provider => new SqlDeliveryPauseStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchemaStartup>(
            provider => new SchemaStartup(provider.GetRequiredService<OrderKitSchema>(), schema(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DurabilityCheck>(
            static provider => new DurabilityCheck(provider.GetRequiredService<SqlDatabase>(), provider.GetService<ILogger<DurabilityCheck>>())));
        return builder;
    }
}
