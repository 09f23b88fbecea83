using System.Data.Common;
using OrderKit.Core;
using OrderKit.Sql;

namespace OrderKit.Sqlite;

/// <summary>Settings of the SQLite store.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The connection string; it names a file.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>What every table and index begins with.</summary>
    /// <value><c>orderkit_</c>.</value>
    public string TablePrefix { get; set; } = SqlNames.DefaultPrefix;

    /// <summary>What is done about the tables when the host starts.</summary>
    /// <value><see cref="SchemaMode.CreateIfMissing"/>.</value>
    public SchemaMode SchemaMode { get; set; } = SchemaMode.CreateIfMissing;

    /// <summary>What survives a loss of power.</summary>
    /// <value><see cref="SqliteSynchronous.Full"/>.</value>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>How long a unit of work waits for the others of this process.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan WriteWaitLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement waits for other processes and for connections that are not ours; whole seconds.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many pages of the file the writing connection keeps in memory.</summary>
    /// <value>16,384, which is 64 MiB.</value>
    public int CachePages { get; set; } = 16_384;

    /// <summary>How many pages the write-ahead log grows by before it is copied into the file.</summary>
    /// <value>16,000, which is 64 MiB: a page that is written often is then copied once for many commits.</value>
    public int CheckpointPages { get; set; } = 16_000;

    /// <summary>Puts a test's eyes between the store and the driver.</summary>
    internal Func<DbConnection, DbConnection>? Wrap { get; set; }

    internal void Validate(OptionFaults faults)
    {
        var longest = TimeSpan.FromHours(1);
        faults.RequireValid(nameof(ConnectionString), () => SqliteFile.PathOf(ConnectionString));
        faults.RequireValid(nameof(TablePrefix), () => _ = new SqlNames(TablePrefix));
        faults.RequireBetween(WriteWaitLimit, TimeSpan.FromTicks(1), longest);
        faults.RequireBetween(BusyTimeout, TimeSpan.Zero, longest);
        faults.RequireBetween(CachePages, 1, 4_000_000);
        faults.RequireBetween(CheckpointPages, 1, 4_000_000);
        faults.RequireDefined(SchemaMode);
        faults.RequireDefined(Synchronous);
    }
}
