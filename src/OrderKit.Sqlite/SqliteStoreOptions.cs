using System.Data.Common;
using OrderKit.Core;
using OrderKit.Sql;

namespace OrderKit.Sqlite;

/// <summary>Options of the SQLite store.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The connection string. It must name a file.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The prefix of every table and index.</summary>
    /// <value><c>orderkit_</c>.</value>
    public string TablePrefix { get; set; } = SqlNames.DefaultPrefix;

    /// <summary>How to treat the tables when the host starts.</summary>
    /// <value><see cref="SchemaMode.CreateIfMissing"/>.</value>
    public SchemaMode SchemaMode { get; set; } = SchemaMode.CreateIfMissing;

    /// <summary>Whether commits survive a power failure.</summary>
    /// <value><see cref="SqliteSynchronous.Full"/>.</value>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>How long a unit of work waits for other units of this process.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan WriteWaitLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a statement waits for other processes and for connections that OrderKit did not open. Rounded up to whole seconds.
    /// </summary>
    /// <value>5 seconds.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The number of pages that the writing connection caches in memory.</summary>
    /// <value>16,384, which is 64 MiB.</value>
    public int CachePages { get; set; } = 16_384;

    /// <summary>The number of pages in the write-ahead log after which it is copied into the file.</summary>
    /// <value>16,000, which is 64 MiB. A page that is written often is then copied once for many commits.</value>
    public int CheckpointPages { get; set; } = 16_000;

    /// <summary>Wraps the connections of the driver, for tests.</summary>
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
