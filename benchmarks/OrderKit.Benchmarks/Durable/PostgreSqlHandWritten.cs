using OrderKit.Eng;
using System.Data.Common;

namespace OrderKit.Benchmarks;

/// <summary>Takes a connection from the driver's pool for each transaction. The connection string decides what is prepared.</summary>
internal sealed class PostgreSqlHandWritten(Func<ValueTask<DbConnection>> open) : IHandWritten
{
    private IReadOnlyList<RecordedStep> _steps = [];

    public void Plan(IReadOnlyList<RecordedStep> steps) => _steps = steps;

    public async Task RunAsync()
    {
        DbConnection? connection = null;
        DbTransaction? transaction = null;
        foreach (var step in _steps)
        {
            switch (step.Kind)
            {
                case StepKind.Begin:
                    connection = await open().ConfigureAwait(false);
                    transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted).ConfigureAwait(false);
                    break;
                case StepKind.Commit:
                    await transaction!.CommitAsync().ConfigureAwait(false);
                    await transaction.DisposeAsync().ConfigureAwait(false);
                    await connection!.DisposeAsync().ConfigureAwait(false);
                    break;
                case StepKind.Batch:
                    await RunBatchAsync(connection!, transaction!, step.Statements).ConfigureAwait(false);
                    break;
                default:
                    await RunOneAsync(connection!, transaction!, step).ConfigureAwait(false);
                    break;
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task RunBatchAsync(DbConnection connection, DbTransaction transaction, RecordedStatement[] statements)
    {
        var batch = connection.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = transaction;
            foreach (var statement in statements)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = statement.Text;
                foreach (var value in statement.Values)
                {
                    var parameter = command.CreateParameter();
                    parameter.Value = value;
                    command.Parameters.Add(parameter);
                }

                batch.BatchCommands.Add(command);
            }

            await ReadAsync(await batch.ExecuteReaderAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private static async Task RunOneAsync(DbConnection connection, DbTransaction transaction, RecordedStep step)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
#pragma warning disable CA2100 // Recorded from the library, whose texts are constants.
            command.CommandText = step.Statements[0].Text;
#pragma warning restore CA2100
            foreach (var value in step.Statements[0].Values)
            {
                var parameter = command.CreateParameter();
                parameter.Value = value;
                command.Parameters.Add(parameter);
            }

            switch (step.Kind)
            {
                case StepKind.Change:
                    await command.ExecuteNonQueryAsync().ConfigureAwait(false);
                    break;
                case StepKind.Scalar:
                    await command.ExecuteScalarAsync().ConfigureAwait(false);
                    break;
                default:
                    await ReadAsync(await command.ExecuteReaderAsync().ConfigureAwait(false)).ConfigureAwait(false);
                    break;
            }
        }
    }

    private static async Task ReadAsync(DbDataReader reader)
    {
        await using (reader.ConfigureAwait(false))
        {
            do
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    for (var i = 0; i < reader.FieldCount; i++)
                    {
                        reader.GetValue(i);
                    }
                }
            }
            while (await reader.NextResultAsync().ConfigureAwait(false));
        }
    }
}
