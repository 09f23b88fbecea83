using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using OrderKit.Core;
using OrderKit.Sql;

namespace OrderKit.Sqlite;

/// <summary>The SQL dialect of SQLite: instants are microseconds since 1970, and the clock is that of the process.</summary>
internal sealed class SqliteDialect(TimeProvider clock) : SqlDialect
{
    private const int InputOutputError = 10;

    public override string Name => "SQLite";

    public override bool WritesSets => false;

    public override bool KeepsCommands => true;

    // A parameter instead of a function, so that it works on the host's own connection without changing it.
    public override string Now => "$now";

    public override object NowParameter => Instants.ToUnixMicroseconds(clock.GetUtcNow());

    public override string ParameterName(int number) => string.Create(CultureInfo.InvariantCulture, $"${number}");

    public override object FromInstant(DateTimeOffset instant) => Instants.ToUnixMicroseconds(instant);

    public override object FromDuration(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    public override DateTimeOffset ReadInstant(DbDataReader reader, int ordinal)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Instants.FromUnixMicroseconds(reader.GetInt64(ordinal));
    }

    // SQLite detects a full disk or a lock before it writes the commit record. After an I/O error the outcome is unknown.
    public override bool IsCommitOutcomeUnknown(Exception exception) => exception is SqliteException { SqliteErrorCode: InputOutputError };

    public override string TableExists(SqlNames names) => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1";

    public override IReadOnlyList<string> BeforeMigration(SqlNames names) => [];
}
