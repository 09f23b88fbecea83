using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using OrderKit.Core;
using OrderKit.Sql;

namespace OrderKit.Sqlite;

/// <summary>How SQLite spells things: instants are microseconds since 1970, and the clock is the process's.</summary>
internal sealed class SqliteDialect(TimeProvider clock) : SqlDialect
{
    private const int InputOutputError = 10;

    public override string Name => "SQLite";

    public override bool WritesSets => false;

    public override bool KeepsCommands => true;

    // A parameter and no function: it also works on the host's own connection, which we change in no way.
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

    // A full disk or a lock is found before the commit record is written. After an error of input or output nobody knows.
    public override bool IsCommitOutcomeUnknown(Exception exception) => exception is SqliteException { SqliteErrorCode: InputOutputError };

    public override string TableExists(SqlNames names) => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1";

    public override IReadOnlyList<string> BeforeMigration(SqlNames names) => [];
}
