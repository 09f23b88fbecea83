using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses SQLite as the store.</summary>
public static class SqliteStoreExtensions
{
    /// <summary>Stores everything in a SQLite file. The tables are created when the host starts.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">The connection string with the file, such as <c>Data Source=orders.db</c>.</param>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public static OrderKitBuilder UseSqlite(this OrderKitBuilder builder, string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.UseSqlite(options => options.ConnectionString = connectionString);
    }

    /// <summary>Stores everything in a SQLite file, with options.</summary>
    /// <exception cref="InvalidOperationException">Another store was chosen before.</exception>
    public static OrderKitBuilder UseSqlite(this OrderKitBuilder builder, Action<SqliteStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.ChooseStore(nameof(UseSqlite));
        builder.Services.AddValidatedOptions(configure, static (options, faults) => options.Validate(faults));
        return builder.AddSqlStores(
            static provider =>
                new SqliteDatabase(
                    provider.GetRequiredService<IOptions<SqliteStoreOptions>>().Value, provider.GetRequiredService<TimeProvider>()),
            static provider => provider.GetRequiredService<IOptions<SqliteStoreOptions>>().Value.SchemaMode);
    }
}
