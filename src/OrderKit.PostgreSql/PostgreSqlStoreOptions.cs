using System.Data.Common;
using Npgsql;
using OrderKit.Core;
using OrderKit.Sql;

namespace OrderKit.PostgreSql;

/// <summary>Options of the PostgreSQL store.</summary>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>The connection string. Set either this or <see cref="DataSource"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>A data source of the host, which the host disposes. Set either this or <see cref="ConnectionString"/>.</summary>
    public NpgsqlDataSource? DataSource { get; set; }

    /// <summary>The schema of the tables; <see langword="null"/> for the first schema in the search path of the role.</summary>
    public string? Schema { get; set; }

    /// <summary>The prefix of every table and index.</summary>
    /// <value><c>orderkit_</c>.</value>
    public string TablePrefix { get; set; } = SqlNames.DefaultPrefix;

    /// <summary>How to treat the tables when the host starts.</summary>
    /// <value><see cref="SchemaMode.Validate"/>. The role then needs no right to create tables.</value>
    public SchemaMode SchemaMode { get; set; } = SchemaMode.Validate;

    /// <summary>Moves the clock of the store, for tests.</summary>
    internal Func<TimeSpan>? ClockOffset { get; set; }

    /// <summary>Wraps the connections of the driver, for tests.</summary>
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
