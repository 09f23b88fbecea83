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
        services.AddStorePort<IUnitOfWorkFactory>(provider => provider.GetRequiredService<SqlDatabase>());
        services.TryAddSingleton<OrderKitSchema>();
        Port<IOrderStore>(static database => database.Dialect.WritesSets ? new SetOrderStore(database) : new RowOrderStore(database));
        Port<IOrderQueryStore>(static database => new SqlOrderQueryStore(database));
        Port<IJournalStore>(static database => new SqlJournalStore(database));
        Port<IDeadlineStore>(static database => new SqlDeadlineStore(database));
        Port<IOutboxStore>(static database => new SqlOutboxStore(database));
        Port<ILeaseStore>(static database => new SqlLeaseStore(database));
        Port<IQuarantineStore>(static database => new SqlQuarantineStore(database));
        Port<IOperationStore>(static database => new SqlOperationStore(database));
        Port<ICaseStore>(static database => new SqlCaseStore(database));
        Port<IDuplicateOrderStore>(static database => new SqlDuplicateOrderStore(database));
        Port<IDuplicateOrderQueryStore>(static database => new SqlDuplicateOrderQueryStore(database));
        Port<IInboxStore>(static database => new SqlInboxStore(database));
        Port<IDeadLetterStore>(static database => new SqlDeadLetterStore(database));
        Port<IDeliveryPauseStore>(static database => new SqlDeliveryPauseStore(database));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchemaStartup>(
            provider => new SchemaStartup(provider.GetRequiredService<OrderKitSchema>(), schema(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DurabilityCheck>(
            static provider => new DurabilityCheck(
                provider.GetRequiredService<SqlDatabase>(), provider.GetService<ILogger<DurabilityCheck>>())));
        return builder;

        void Port<TPort>(Func<SqlDatabase, TPort> create)
            where TPort : class => services.AddStorePort(provider => create(provider.GetRequiredService<SqlDatabase>()));
    }
}
