using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace OrderKit.Eng;

/// <summary>A connection that awaits a callback before each statement and passes it the values.</summary>
internal sealed class RecordingConnection(DbConnection inner, Func<RecordedStep, ValueTask> before) : DbConnection
{
    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => inner.ConnectionString = value;
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override bool CanCreateBatch => inner.CanCreateBatch;

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override void Close() => inner.Close();

    public override void Open() => inner.Open();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        Tell(RecordedStep.Begin);
        return new Transaction(this, inner.BeginTransaction(isolationLevel));
    }

    protected override DbCommand CreateDbCommand() => new Command(this, inner.CreateCommand());

    protected override DbBatch CreateDbBatch() => new Batch(this, inner.CreateBatch());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private ValueTask TellAsync(RecordedStep step) => before(step);

    // The begin and the end of transactions are reported without waiting.
    private void Tell(RecordedStep step) => before(step).AsTask().GetAwaiter().GetResult();

    private static RecordedStatement Write(string text, DbParameterCollection parameters)
    {
        var (names, values) = (new string[parameters.Count], new object[parameters.Count]);
        for (var i = 0; i < values.Length; i++)
        {
            (names[i], values[i]) = (parameters[i].ParameterName, parameters[i].Value!);
        }

        return new RecordedStatement(text, names, values);
    }

    private sealed class Transaction(RecordingConnection connection, DbTransaction inner) : DbTransaction
    {
        public DbTransaction Inner => inner;

        public override IsolationLevel IsolationLevel => inner.IsolationLevel;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
            connection.Tell(RecordedStep.Commit);
            inner.Commit();
        }

        public override bool SupportsSavepoints => inner.SupportsSavepoints;

        public override void Rollback() => inner.Rollback();

        public override void Save(string savepointName) => inner.Save(savepointName);

        public override void Rollback(string savepointName) => inner.Rollback(savepointName);

        public override void Release(string savepointName) => inner.Release(savepointName);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private sealed class Command(RecordingConnection connection, DbCommand inner) : DbCommand
    {
        private DbTransaction? _transaction;

        [AllowNull]
        public override string CommandText
        {
            get => inner.CommandText;
            set => inner.CommandText = value;
        }

        public override int CommandTimeout
        {
            get => inner.CommandTimeout;
            set => inner.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => inner.CommandType;
            set => inner.CommandType = value;
        }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection
        {
            get => connection;
            set => throw new NotSupportedException();
        }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => _transaction;
            set
            {
                _transaction = value;
                inner.Transaction = (value as Transaction)?.Inner;
            }
        }

        public override void Cancel() => inner.Cancel();

        public override int ExecuteNonQuery()
        {
            connection.Tell(Step(StepKind.Change));
            return inner.ExecuteNonQuery();
        }

        public override object? ExecuteScalar()
        {
            connection.Tell(Step(StepKind.Scalar));
            return inner.ExecuteScalar();
        }

        public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            await connection.TellAsync(Step(StepKind.Change)).ConfigureAwait(false);
            return await inner.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        {
            await connection.TellAsync(Step(StepKind.Scalar)).ConfigureAwait(false);
            return await inner.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }

        public override void Prepare() => inner.Prepare();

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            connection.Tell(Step(StepKind.Query));
            return inner.ExecuteReader(behavior);
        }

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            await connection.TellAsync(Step(StepKind.Query)).ConfigureAwait(false);
            return await inner.ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private RecordedStep Step(StepKind kind) => new(kind, [Write(CommandText, Parameters)]);
    }

    private sealed class Batch(RecordingConnection connection, DbBatch inner) : DbBatch
    {
        private DbTransaction? _transaction;

        public override int Timeout
        {
            get => inner.Timeout;
            set => inner.Timeout = value;
        }

        protected override DbBatchCommandCollection DbBatchCommands => inner.BatchCommands;

        protected override DbConnection? DbConnection
        {
            get => connection;
            set => throw new NotSupportedException();
        }

        protected override DbTransaction? DbTransaction
        {
            get => _transaction;
            set
            {
                _transaction = value;
                inner.Transaction = (value as Transaction)?.Inner;
            }
        }

        public override void Cancel() => inner.Cancel();

        public override int ExecuteNonQuery() => throw new NotSupportedException();

        public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override object? ExecuteScalar() => throw new NotSupportedException();

        public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public override void Prepare() => inner.Prepare();

        public override Task PrepareAsync(CancellationToken cancellationToken = default) => inner.PrepareAsync(cancellationToken);

        public override void Dispose()
        {
            inner.Dispose();
            base.Dispose();
        }

        protected override DbBatchCommand CreateDbBatchCommand() => inner.CreateBatchCommand();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            connection.Tell(Step());
            return inner.ExecuteReader(behavior);
        }

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            await connection.TellAsync(Step()).ConfigureAwait(false);
            return await inner.ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
        }

        private RecordedStep Step() =>
            new(StepKind.Batch, [.. inner.BatchCommands.Select(command => Write(command.CommandText, command.Parameters))]);
    }
}
