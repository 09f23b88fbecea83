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
        services.AddStorePort<IUnitOfWorkFactory>(provider => provider.GetRequiredService<SqlDatabase>());
        services.TryAddSingleton<OrderKitSchema>();
        services.AddStorePort<IOrderStore>(provider => new SqlOrderStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IOrderQueryStore>(provider => new SqlOrderQueryStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IJournalStore>(provider => new SqlJournalStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IDeadlineStore>(provider => new SqlDeadlineStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IOutboxStore>(provider => new SqlOutboxStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<ILeaseStore>(provider => new SqlLeaseStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IQuarantineStore>(provider => new SqlQuarantineStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IOperationStore>(provider => new SqlOperationStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<ICaseStore>(provider => new SqlCaseStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IDuplicateOrderStore>(provider => new SqlDuplicateOrderStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IDuplicateOrderQueryStore>(provider => new SqlDuplicateOrderQueryStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IInboxStore>(provider => new SqlInboxStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IDeadLetterStore>(provider => new SqlDeadLetterStore(provider.GetRequiredService<SqlDatabase>()));
        services.AddStorePort<IDeliveryPauseStore>(provider => new SqlDeliveryPauseStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchemaStartup>(
            provider => new SchemaStartup(provider.GetRequiredService<OrderKitSchema>(), schema(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DurabilityCheck>(
            static provider => new DurabilityCheck(provider.GetRequiredService<SqlDatabase>(), provider.GetService<ILogger<DurabilityCheck>>())));
        return builder;
    }
}
