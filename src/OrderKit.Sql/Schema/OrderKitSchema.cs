using System.Data.Common;
using System.Globalization;
using System.Text;

namespace OrderKit.Sql;

/// <summary>Creates, validates and prints the tables, for hosts without <c>IHost</c> and for manual migrations.</summary>
public sealed class OrderKitSchema
{
    private const string SchemaTable = "schema";

    private const string CreateSchemaTable =
        "CREATE TABLE {schema}{prefix}schema (engine varchar(64) NOT NULL PRIMARY KEY, version integer NOT NULL)";

    private readonly SqlDatabase _database;

    /// <summary>Creates the schema service of a database.</summary>
    public OrderKitSchema(SqlDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
    }

    /// <summary>Creates missing tables and updates older ones, in one transaction that locks out other processes.</summary>
    /// <remarks>Safe to repeat and to call from several processes at the same time.</remarks>
    /// <exception cref="OrderKitSchemaException">A newer release created the tables, a table is missing, or a statement failed.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken = default)
    {
        var unit = await _database.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var session = _database.On(unit);
            foreach (var statement in _database.Dialect.BeforeMigration(_database.Names))
            {
                await RunAsync(session, statement, cancellationToken).ConfigureAwait(false);
            }

            if (!await ExistsAsync(session, SchemaTable, cancellationToken).ConfigureAwait(false))
            {
                await RunAsync(session, Render(CreateSchemaTable), cancellationToken).ConfigureAwait(false);
            }

            var versions = await VersionsAsync(session, cancellationToken).ConfigureAwait(false);
            RefuseNewer(versions);
            foreach (var migration in _database.Migrations)
            {
                if (migration.Version > versions.GetValueOrDefault(migration.Engine))
                {
                    await MigrateAsync(session, migration, cancellationToken).ConfigureAwait(false);
                }
            }

            await RequireTablesAsync(session, cancellationToken).ConfigureAwait(false);
            await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Checks that the tables match this release. Changes nothing.</summary>
    /// <exception cref="OrderKitSchemaException">The tables are older, newer or incomplete.</exception>
    public async Task ValidateAsync(CancellationToken cancellationToken = default) =>
        await _database.ReadAsync(
            async session =>
            {
                var versions = await ExistsAsync(session, SchemaTable, cancellationToken).ConfigureAwait(false)
                    ? await VersionsAsync(session, cancellationToken).ConfigureAwait(false)
                    : [];
                RefuseNewer(versions);
                foreach (var (engine, needed) in Needed())
                {
                    if (versions.GetValueOrDefault(engine) is var found && found < needed)
                    {
                        throw new OrderKitSchemaException(
                            $"The tables of '{engine}' have version {found}, but this release needs version {needed} ({Where}). "
                            + "Call EnsureAsync() with a role that may create tables, or run the output of OrderKitSchema.Script().")
                        {
                            Engine = engine,
                            FoundVersion = found,
                            NeededVersion = needed,
                        };
                    }
                }

                await RequireTablesAsync(session, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Prints all scripts, for a database without any of the tables.</summary>
    public string Script() => Script(afterVersions: new Dictionary<string, int>(StringComparer.Ordinal));

    /// <summary>Prints the scripts that update given versions.</summary>
    /// <param name="afterVersions">The current version of each engine. An engine that is not listed has no tables.</param>
    public string Script(IReadOnlyDictionary<string, int> afterVersions)
    {
        ArgumentNullException.ThrowIfNull(afterVersions);
        var script = new StringBuilder();
        if (afterVersions.Count == 0)
        {
            script.Append(Render(CreateSchemaTable)).Append(";\n\n");
        }

        foreach (var migration in _database.Migrations)
        {
            var from = afterVersions.GetValueOrDefault(migration.Engine);
            if (migration.Version <= from)
            {
                continue;
            }

            script.Append(CultureInfo.InvariantCulture, $"-- {migration.Engine} {migration.Version}: {migration.Name}\n");
            script.Append(Render(migration.Sql).ReplaceLineEndings("\n").Trim()).Append("\n\n");
            script.Append(Mark(migration)).Append(";\n\n");
        }

        return script.ToString();
    }

    private string Where => _database.Names.Schema is { } schema
        ? $"{_database.Dialect.Name}, schema '{schema}', prefix '{_database.Names.Prefix}'"
        : $"{_database.Dialect.Name}, prefix '{_database.Names.Prefix}'";

    private string Render(string template) => _database.Names.Render(template);

    // Engine names are constants, so no escaping is needed.
    private string Mark(SqlMigration migration) => migration.Version == 1
        ? Render(
            string.Create(
                CultureInfo.InvariantCulture, $"INSERT INTO {{schema}}{{prefix}}schema (engine, version) VALUES ('{migration.Engine}', 1)"))
        : Render(
            string.Create(
                CultureInfo.InvariantCulture,
                $"UPDATE {{schema}}{{prefix}}schema SET version = {migration.Version} WHERE engine = '{migration.Engine}'"));

    private Dictionary<string, int> Needed() =>
        _database.Migrations.GroupBy(migration => migration.Engine, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Max(migration => migration.Version), StringComparer.Ordinal);

    private void RefuseNewer(Dictionary<string, int> versions)
    {
        foreach (var (engine, needed) in Needed())
        {
            if (versions.GetValueOrDefault(engine) is var found && found > needed)
            {
                throw new OrderKitSchemaException(
                    $"The tables of '{engine}' have version {found}, but this release supports versions up to {needed} ({Where}). A newer "
                    + "release of OrderKit created them. Update this program, or give it its own database, schema or prefix.")
                {
                    Engine = engine,
                    FoundVersion = found,
                    NeededVersion = needed,
                };
            }
        }
    }

    private async ValueTask MigrateAsync(SqlSession session, SqlMigration migration, CancellationToken cancellationToken)
    {
        foreach (var statement in migration.Statements)
        {
            await RunAsync(session, Render(statement), cancellationToken, migration).ConfigureAwait(false);
        }

        await RunAsync(session, Mark(migration), cancellationToken, migration).ConfigureAwait(false);
    }

    private async ValueTask RequireTablesAsync(SqlSession session, CancellationToken cancellationToken)
    {
        foreach (var migration in _database.Migrations)
        {
            foreach (var table in migration.Tables)
            {
                if (!await ExistsAsync(session, table, cancellationToken).ConfigureAwait(false))
                {
                    throw new OrderKitSchemaException(
                        $"The table {_database.Names.Table(table)} is missing, although version {migration.Version} of "
                        + $"'{migration.Engine}' was applied ({Where}). Restore it from a backup, or run the part of "
                        + "OrderKitSchema.Script() that creates it.")
                    {
                        Engine = migration.Engine,
                        NeededVersion = migration.Version,
                        MissingTable = _database.Names.Table(table),
                    };
                }
            }
        }
    }

    private async ValueTask<bool> ExistsAsync(SqlSession session, string table, CancellationToken cancellationToken) =>
        await session.CallOnce(_database.Dialect.TableExists(_database.Names)).With(_database.Names.Prefix + table)
            .NumberAsync(cancellationToken).ConfigureAwait(false) > 0;

    private static async ValueTask<Dictionary<string, int>> VersionsAsync(SqlSession session, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (engine, version) in await session.CallOnce("SELECT engine, version FROM {schema}{prefix}schema")
            .ListAsync(static row => (row.Text(0), row.Int32(1)), cancellationToken).ConfigureAwait(false))
        {
            versions[engine] = version;
        }

        return versions;
    }

    private static async ValueTask RunAsync(
        SqlSession session, string statement, CancellationToken cancellationToken, SqlMigration? migration = null)
    {
        try
        {
            await session.CallOnce(statement).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            var where = migration is null
                ? "Preparing the schema"
                : string.Create(CultureInfo.InvariantCulture, $"Migration {migration.Version} of '{migration.Engine}'");
            throw new OrderKitSchemaException(
                $"{where} failed and was rolled back: {exception.Message} The statement was: {statement}", exception)
            {
                Engine = migration?.Engine,
                NeededVersion = migration?.Version,
                Statement = statement,
            };
        }
    }
}
