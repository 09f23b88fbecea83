using System.Data.Common;
using Npgsql;
using OrderKit.Sql;

namespace OrderKit.PostgreSql;

/// <summary>A PostgreSQL database that is accessed through a connection pool.</summary>
internal sealed class PostgreSqlDatabase : SqlDatabase, IAsyncDisposable, IDisposable
{
    private static readonly IReadOnlyList<SqlMigration> AllMigrations =
        SqlMigration.From(
            typeof(PostgreSqlDatabase).Assembly,
            ("Core", "core"),
            ("StateMachine", "state-machine"),
            ("Idempotency", "idempotency"),
            ("Messaging", "messaging"));

    private readonly NpgsqlDataSource _dataSource;
    private readonly bool _ownsDataSource;
    private readonly Func<DbConnection, DbConnection>? _wrap;

    internal PostgreSqlDatabase(PostgreSqlStoreOptions options)
        : base(new PostgreSqlDialect(options.ClockOffset), new SqlNames(options.TablePrefix, options.Schema))
    {
        _wrap = options.Wrap;
        _ownsDataSource = options.DataSource is null;
        _dataSource = options.DataSource
            ?? NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString) { Enlist = false });
    }

    public override IReadOnlyList<SqlMigration> Migrations => AllMigrations;

    public ValueTask DisposeAsync() => _ownsDataSource ? _dataSource.DisposeAsync() : ValueTask.CompletedTask;

    public void Dispose()
    {
        if (_ownsDataSource)
        {
            _dataSource.Dispose();
        }
    }

    protected override async ValueTask<SqlSession> OpenAsync(bool toWrite, CancellationToken cancellationToken)
    {
        var connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return NewSession(_wrap?.Invoke(connection) ?? connection);
    }

    protected override ValueTask ReturnAsync(SqlSession session, bool toWrite, bool isSound)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.DisposeAsync();
    }

    protected override async ValueTask<string?> FindWeaknessAsync(CancellationToken cancellationToken)
    {
        var command = _dataSource.CreateCommand(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off' ORDER BY name");
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var off = new List<string>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    off.Add(reader.GetString(0));
                }

                return off.Count == 0
                    ? null
                    : $"on this server, or for this role or database, {string.Join(" and ", off)} is off. Turn it on.";
            }
        }
    }

    protected override void CheckBorrowed(DbConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        using var command = connection.CreateCommand();
        if (command is not NpgsqlCommand && command.CreateParameter() is not NpgsqlParameter)
        {
            throw new ArgumentException(
                $"The enlisted transaction belongs to a {connection.GetType().Name}, but this store uses PostgreSQL. Enlist a transaction "
                + "of an NpgsqlConnection to the same database.",
                nameof(connection));
        }
    }
}
