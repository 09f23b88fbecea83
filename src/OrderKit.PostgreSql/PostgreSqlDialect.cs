using System.Data.Common;
using System.Globalization;
using Npgsql;
using OrderKit.Core;
using OrderKit.Sql;

namespace OrderKit.PostgreSql;

/// <summary>The SQL dialect of PostgreSQL: arrays as parameters, and the clock of the server.</summary>
internal sealed class PostgreSqlDialect(Func<TimeSpan>? clockOffset) : SqlDialect
{
    public override string Name => "PostgreSQL";

    public override bool WritesSets => true;

    // Nothing is prepared on the session, because a pooler may assign the next transaction to another session.
    public override bool KeepsCommands => false;

    public override bool FailsWholeTransactions => true;

    // Not now(), which does not advance inside a transaction.
    public override string Now => clockOffset is null
        ? "clock_timestamp()"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"(clock_timestamp() + interval '{clockOffset().Ticks / TimeSpan.TicksPerMicrosecond} microseconds')");

    // Without names, the driver passes the parameters as $1, $2, …
    public override string ParameterName(int number) => "";

    // Truncated to microseconds, because DateTimeOffset.MaxValue would otherwise be stored as infinity.
    public override object FromInstant(DateTimeOffset instant) => Instants.ToMicroseconds(instant);

    public override object FromDuration(TimeSpan duration) => duration;

    public override DateTimeOffset ReadInstant(DbDataReader reader, int ordinal)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new DateTimeOffset(reader.GetDateTime(ordinal), TimeSpan.Zero);
    }

    public override Array FromInstants(IReadOnlyList<DateTimeOffset?> instants)
    {
        ArgumentNullException.ThrowIfNull(instants);

        // DateTimeOffset, because the driver treats an array of DateTime that begins with null as having no time zone.
        var values = new DateTimeOffset?[instants.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = instants[i] is { } instant ? Instants.ToMicroseconds(instant) : null;
        }

        return values;
    }

    // The server reports why it did not commit. If it reports nothing or shuts down, the outcome is unknown.
    public override bool IsCommitOutcomeUnknown(Exception exception) => exception switch
    {
        PostgresException answer => answer.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.TransactionResolutionUnknown || answer.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or TimeoutException => true,
        _ => false,
    };

    public override ContentionException? ContentionOf(DbException exception) => exception?.SqlState switch
    {
        PostgresErrorCodes.LockNotAvailable => new ContentionException(isHeld: true, exception),
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => new ContentionException(isHeld: false, exception),
        _ => null,
    };

    public override string LimitLockWaits => "SELECT set_config('lock_timeout', $1, true)";

    public override string TableExists(SqlNames names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var schema = names.Schema is null ? "current_schema()" : $"'{names.Schema}'";
        return $"SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = {schema} AND tablename = $1";
    }

    public override IReadOnlyList<string> BeforeMigration(SqlNames names)
    {
        ArgumentNullException.ThrowIfNull(names);

        // One lock for all schemas of a database, because two processes that create the same schema collide before it exists.
        const string Lock = "SELECT pg_advisory_xact_lock(8031924675310482)";
        return names.Schema is null
            ? [Lock]
            : [Lock, $"DO $do$ BEGIN IF to_regnamespace('{names.Schema}') IS NULL THEN CREATE SCHEMA {names.Schema}; END IF; END $do$"];
    }
}
