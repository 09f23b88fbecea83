using System.Data.Common;

namespace OrderKit.Sql;

/// <summary>A command with its parameters.</summary>
internal sealed class SqlCall(SqlSession session, DbCommand command, bool hasNow)
{
    // The driver's own collection is asked once: it looks a parameter up behind two virtual calls and a cast.
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

    /// <summary>Sets the parameters from a number on, one for each column.</summary>
    internal void SetRow<TRow>(int from, ReadOnlySpan<SqlColumn<TRow>> columns, TRow row)
    {
        var dialect = session.Dialect;
        for (var i = 0; i < columns.Length; i++)
        {
            SetReady(from + i, columns[i].Of(row, dialect));
        }
    }

    /// <summary>Sets a parameter to what the driver takes.</summary>
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

    internal async ValueTask<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        SetNow();
        var isDone = false;
        try
        {
            var changed = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            isDone = true;
            return changed;
        }
        catch (DbException exception) when (session.ContentionOf(exception) is not null)
        {
            throw session.ContentionOf(exception)!;
        }
        finally
        {
            await EndAsync(isDone).ConfigureAwait(false);
        }
    }

    internal async ValueTask<object?> ScalarAsync(CancellationToken cancellationToken)
    {
        SetNow();
        var isDone = false;
        try
        {
            var value = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            isDone = true;
            return value is DBNull ? null : value;
        }
        catch (DbException exception) when (session.ContentionOf(exception) is not null)
        {
            throw session.ContentionOf(exception)!;
        }
        finally
        {
            await EndAsync(isDone).ConfigureAwait(false);
        }
    }

    internal async ValueTask<long?> NumberAsync(CancellationToken cancellationToken) =>
        await ScalarAsync(cancellationToken).ConfigureAwait(false) is { } value
            ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    /// <summary>Reads all rows.</summary>
    internal async ValueTask<List<T>> ListAsync<T>(Func<SqlRow, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        SetNow();
        var isDone = false;
        try
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var row = new SqlRow(reader, session.Dialect);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(row));
                }
            }

            isDone = true;
        }
        catch (DbException exception) when (session.ContentionOf(exception) is not null)
        {
            throw session.ContentionOf(exception)!;
        }
        finally
        {
            await EndAsync(isDone).ConfigureAwait(false);
        }

        return rows;
    }

    /// <summary>Reads the first row.</summary>
    internal async ValueTask<T?> FirstAsync<T>(Func<SqlRow, T> read, CancellationToken cancellationToken)
    {
        SetNow();
        var isDone = false;
        try
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var row = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? read(new SqlRow(reader, session.Dialect)) : default;
                isDone = true;
                return row;
            }
        }
        catch (DbException exception) when (session.ContentionOf(exception) is not null)
        {
            throw session.ContentionOf(exception)!;
        }
        finally
        {
            await EndAsync(isDone).ConfigureAwait(false);
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

    // A command that is not kept has done its work.
    private ValueTask EndAsync(bool isDone)
    {
        session.HasFailed |= !isDone;
        return session.Dialect.KeepsCommands ? ValueTask.CompletedTask : command.DisposeAsync();
    }
}
