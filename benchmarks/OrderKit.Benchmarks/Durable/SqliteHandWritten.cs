using OrderKit.Eng;
using System.Data.Common;

namespace OrderKit.Benchmarks;

/// <summary>Uses one connection with a prepared command for each statement; a call sets the values and executes.</summary>
internal sealed class SqliteHandWritten : IHandWritten
{
    private readonly Dictionary<string, DbCommand> _prepared = new(StringComparer.Ordinal);
    private readonly DbConnection _connection;
    private (StepKind Kind, DbCommand? Command, object[] Values)[] _plan = [];

    public SqliteHandWritten(DbConnection connection, string settings)
    {
        _connection = connection;
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = settings;
        command.ExecuteNonQuery();
    }

    public void Plan(IReadOnlyList<RecordedStep> steps) => _plan = [.. steps.Select(PlanOf)];

    public async Task RunAsync()
    {
        DbTransaction? transaction = null;
        foreach (var (kind, command, values) in _plan)
        {
            if (kind == StepKind.Begin)
            {
                transaction = await _connection.BeginTransactionAsync().ConfigureAwait(false);
                continue;
            }

            if (kind == StepKind.Commit)
            {
                await transaction!.CommitAsync().ConfigureAwait(false);
                await transaction.DisposeAsync().ConfigureAwait(false);
                continue;
            }

            command!.Transaction = transaction;
            var parameters = command.Parameters;
            for (var i = 0; i < values.Length; i++)
            {
                parameters[i].Value = values[i];
            }

            if (kind == StepKind.Change)
            {
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
            else if (kind == StepKind.Scalar)
            {
                await command.ExecuteScalarAsync().ConfigureAwait(false);
            }
            else
            {
                await ReadAsync(command).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _prepared.Values)
        {
            await command.DisposeAsync().ConfigureAwait(false);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ReadAsync(DbCommand command)
    {
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            // A query for one fact has one row, so the second is not read.
            if (await reader.ReadAsync().ConfigureAwait(false))
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    reader.GetValue(i);
                }
            }
        }
    }

    private (StepKind Kind, DbCommand? Command, object[] Values) PlanOf(RecordedStep step)
    {
        if (step.Statements.Length == 0)
        {
            return (step.Kind, null, []);
        }

        var statement = step.Statements[0];
        if (!_prepared.TryGetValue(statement.Text, out var command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // Recorded from the library, whose texts are constants.
            command.CommandText = statement.Text;
#pragma warning restore CA2100
            foreach (var name in statement.Names)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }

            _prepared.Add(statement.Text, command);
        }

        return (step.Kind, command, statement.Values);
    }
}
