using Microsoft.Extensions.Options;
using Npgsql;
using OrderKit.Core;
using OrderKit.PostgreSql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses PostgreSQL as the store.</summary>
public static class PostgreSqlStoreExtensions
{
    /// <summary>Stores everything in PostgreSQL. The tables must exist; see <c>OrderKitSchema</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">The connection string.</param>
    /// <param name="schema">The schema of the tables; <see langword="null"/> for the first schema in the search path of the role.</param>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public static OrderKitBuilder UsePostgreSql(this OrderKitBuilder builder, string connectionString, string? schema = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.UsePostgreSql(options => (options.ConnectionString, options.Schema) = (connectionString, schema));
    }

    /// <summary>Stores everything in PostgreSQL, through a data source of the host.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source. The host disposes it.</param>
    /// <param name="schema">The schema of the tables; <see langword="null"/> for the first schema in the search path of the role.</param>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public static OrderKitBuilder UsePostgreSql(this OrderKitBuilder builder, NpgsqlDataSource dataSource, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return builder.UsePostgreSql(options => (options.DataSource, options.Schema) = (dataSource, schema));
    }

    /// <summary>Stores everything in PostgreSQL, with options.</summary>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public static OrderKitBuilder UsePostgreSql(this OrderKitBuilder builder, Action<PostgreSqlStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.ChooseStore(nameof(UsePostgreSql));
        builder.Services.AddValidatedOptions(configure, static (options, faults) => options.Validate(faults));
        return builder.AddSqlStores(
            static provider => new PostgreSqlDatabase(provider.GetRequiredService<IOptions<PostgreSqlStoreOptions>>().Value),
            static provider => provider.GetRequiredService<IOptions<PostgreSqlStoreOptions>>().Value.SchemaMode);
    }
}
