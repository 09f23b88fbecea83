using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Sql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the SQL stores. Packages that bring a driver call it.</summary>
public static class SqlStoreExtensions
{
    /// <summary>Registers all stores of a database. Services that the host registered before are kept.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="database">Creates the database. Must not open a connection.</param>
    /// <param name="schema">How to treat the tables when the host starts.</param>
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
        services.TryAddSingleton<IDuplicateOrderQueryStore>(
            provider => new SqlDuplicateOrderQueryStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IInboxStore>(provider => new SqlInboxStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IDeadLetterStore>(provider => new SqlDeadLetterStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddSingleton<IDeliveryPauseStore>(provider => new SqlDeliveryPauseStore(provider.GetRequiredService<SqlDatabase>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchemaStartup>(
            provider => new SchemaStartup(provider.GetRequiredService<OrderKitSchema>(), schema(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DurabilityCheck>(
            static provider => new DurabilityCheck(
                provider.GetRequiredService<SqlDatabase>(), provider.GetService<ILogger<DurabilityCheck>>())));
        return builder;
    }
}
