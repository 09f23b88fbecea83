using System.Data.Common;
using Npgsql;
using OrderKit.Core;
using OrderKit.Sql;

namespace OrderKit.PostgreSql;

/// <summary>Settings of the PostgreSQL store.</summary>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>The connection string, where no data source is given.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The host's own data source; it stays the host's to dispose.</summary>
    public NpgsqlDataSource? DataSource { get; set; }

    /// <summary>The schema of the tables; <see langword="null"/> for the first of the role's search path.</summary>
    public string? Schema { get; set; }

    /// <summary>What every table and index begins with.</summary>
    /// <value><c>orderkit_</c>.</value>
    public string TablePrefix { get; set; } = SqlNames.DefaultPrefix;

    /// <summary>What is done about the tables when the host starts.</summary>
    /// <value><see cref="SchemaMode.Validate"/>: the role at run time needs no right to create tables.</value>
    public SchemaMode SchemaMode { get; set; } = SchemaMode.Validate;

    /// <summary>Moves the store's clock for a test.</summary>
    internal Func<TimeSpan>? ClockOffset { get; set; }

    /// <summary>Puts a test's eyes between the store and the driver.</summary>
    internal Func<DbConnection, DbConnection>? Wrap { get; set; }

    internal void Validate(OptionFaults faults)
    {
        if (DataSource is null == string.IsNullOrWhiteSpace(ConnectionString))
        {
            faults.Add("PostgreSqlStoreOptions: set either ConnectionString or DataSource, and not both.");
        }

        faults.RequireValid(nameof(TablePrefix), () => _ = new SqlNames(TablePrefix, Schema));
        faults.RequireDefined(SchemaMode);
    }
}
