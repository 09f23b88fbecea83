namespace OrderKit.Core.Storage;

/// <summary>The database of the in-memory stores: one writer at a time, an undo log, read-your-writes.</summary>
/// <remarks>
/// Safe for several threads. It is the reference for the SQL stores and a store for tests. Its content ends with the process.
/// </remarks>
public sealed class InMemoryDatabase(TimeProvider? timeProvider = null) : IUnitOfWorkFactory, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The clock for deadlines, leases and expiry.</summary>
    public TimeProvider TimeProvider { get; } = timeProvider ?? TimeProvider.System;

    /// <summary>How long a caller waits for another unit to end.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    /// <exception cref="TimeoutException">Another unit stays open for longer than <see cref="WaitLimit"/>.</exception>
    public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _gate.Wait(0, CancellationToken.None)
            ? new(new InMemoryUnitOfWork(this))
            : WaitAsync(cancellationToken);
    }

    /// <summary>Runs a read between units of work: it sees committed rows only.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        await using var unit = (await BeginAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return read();
    }

    /// <summary>Runs a change as a transaction of its own. The change must either throw before its first write or succeed.</summary>
    public async ValueTask<T> WriteAsync<T>(Func<T> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        await using var unit = (await BeginAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return write();
    }

    /// <summary>The current time of the store, cut to microseconds.</summary>
    public DateTimeOffset Now => Instants.ToMicroseconds(TimeProvider.GetUtcNow());

    /// <summary>The current time plus a span, at most <see cref="DateTimeOffset.MaxValue"/>.</summary>
    public DateTimeOffset After(TimeSpan span)
    {
        var now = Now;
        return Instants.ToMicroseconds(span < DateTimeOffset.MaxValue - now ? now + span : DateTimeOffset.MaxValue);
    }

    /// <summary>The in-memory unit of a unit of work of this database.</summary>
    /// <exception cref="ArgumentException">The unit belongs to another store.</exception>
    public InMemoryUnitOfWork Require(UnitOfWork unitOfWork) =>
        unitOfWork is InMemoryUnitOfWork unit && ReferenceEquals(unit.Database, this)
            ? unit.RequireOpen()
            : throw new ArgumentException(
                $"A {unitOfWork?.GetType().Name ?? "null"} was passed to an in-memory store. Pass a unit of its own InMemoryDatabase.",
                nameof(unitOfWork));

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    internal void Release() => _gate.Release();

    private async ValueTask<UnitOfWork> WaitAsync(CancellationToken cancellationToken) =>
        await _gate.WaitAsync(WaitLimit, cancellationToken).ConfigureAwait(false)
            ? new InMemoryUnitOfWork(this)
            : throw new TimeoutException(
                $"Another unit of work has held the in-memory database for {WaitLimit}. Commit or dispose it, or pass it to this call.");
}
