using System.Data.Common;

namespace OrderKit.Sql;

/// <summary>A command with its parameters.</summary>
internal sealed class SqlCall(SqlSession session, DbCommand command, bool hasNow)
{
    // Kept beside the driver's own collection, whose lookups cost two virtual calls and a cast each.
    private readonly List<DbParameter> _parameters = [];
    private DbParameter? _now;

    internal DbCommand Command => command;

    /// <summary>Sets all parameters.</summary>
    internal SqlCall With(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Set(i + 1, values[i]);
        }

        return this;
    }

    internal void Set(int number, object? value) => SetReady(number, SqlValue.Of(session.Dialect, value));

    /// <summary>Sets one parameter for each column, starting at number <paramref name="from"/>.</summary>
    internal void SetRow<TRow>(int from, ReadOnlySpan<SqlColumn<TRow>> columns, TRow row)
    {
        var dialect = session.Dialect;
        for (var i = 0; i < columns.Length; i++)
        {
            SetReady(from + i, columns[i].Of(row, dialect));
        }
    }

    /// <summary>Sets a parameter to a value in the form that the driver expects.</summary>
    internal void SetReady(int number, object value)
    {
        if (_parameters.Count < number)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = session.Dialect.ParameterName(number);
            command.Parameters.Add(parameter);
            _parameters.Add(parameter);
        }

        _parameters[number - 1].Value = value;
    }

    /// <summary>Executes the command and returns the number of changed rows.</summary>
    internal ValueTask<int> ExecuteAsync(CancellationToken cancellationToken) => RunAsync<object?, int>(
        null, static (command, _, _, token) => new(command.ExecuteNonQueryAsync(token)), cancellationToken);

    /// <summary>Reads the number in the first column of the first row; <see langword="null"/> if there is none.</summary>
    internal ValueTask<long?> NumberAsync(CancellationToken cancellationToken) =>
        FirstAsync(static row => row.NullableInt64(0), cancellationToken);

    /// <summary>Reads all rows.</summary>
    internal ValueTask<List<T>> ListAsync<T>(Func<SqlRow, T> read, CancellationToken cancellationToken) => RunAsync(
        read,
        static async (command, dialect, read, token) =>
        {
            var rows = new List<T>();
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var row = new SqlRow(reader, dialect);
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                {
                    rows.Add(read(row));
                }
            }

            return rows;
        },
        cancellationToken);

    /// <summary>Reads the first row; the default if there is none.</summary>
    internal ValueTask<T?> FirstAsync<T>(Func<SqlRow, T> read, CancellationToken cancellationToken) => RunAsync(
        read,
        static async (command, dialect, read, token) =>
        {
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync(token).ConfigureAwait(false) ? read(new SqlRow(reader, dialect)) : default;
            }
        },
        cancellationToken);

    private async ValueTask<T> RunAsync<TRead, T>(
        TRead read, Func<DbCommand, SqlDialect, TRead, CancellationToken, ValueTask<T>> run, CancellationToken cancellationToken)
    {
        SetNow();
        var isDone = false;
        try
        {
            var result = await run(command, session.Dialect, read, cancellationToken).ConfigureAwait(false);
            isDone = true;
            return result;
        }
        catch (DbException exception) when (session.ContentionOf(exception) is not null)
        {
            throw session.ContentionOf(exception)!;
        }
        finally
        {
            // Disposes the command unless it is kept for the next call.
            session.HasFailed |= !isDone;
            if (!session.Dialect.KeepsCommands)
            {
                await command.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private void SetNow()
    {
        if (!hasNow || session.Dialect.NowParameter is not { } value)
        {
            return;
        }

        if (_now is null)
        {
            _now = command.CreateParameter();
            _now.ParameterName = session.Dialect.Now;
            command.Parameters.Add(_now);
        }

        _now.Value = value;
    }
}
