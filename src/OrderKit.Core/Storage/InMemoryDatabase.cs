namespace OrderKit.Core.Storage;

/// <summary>The memory behind the in-memory stores of all engines: one writer at a time, an undo log, read-your-writes.</summary>
/// <remarks>Safe for several threads. It is a reference for the SQL stores and a store for tests; it forgets with the process.</remarks>
public sealed class InMemoryDatabase(TimeProvider? timeProvider = null) : IUnitOfWorkFactory, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The clock that judges deadlines, leases and expiry in this store.</summary>
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

    /// <summary>Runs a read between units of work, so that it sees committed rows only.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        await using var unit = (await BeginAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return read();
    }

    /// <summary>Runs a change as a transaction of its own. It either throws before it changes anything, or finishes.</summary>
    public async ValueTask<T> WriteAsync<T>(Func<T> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        await using var unit = (await BeginAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return write();
    }

    /// <summary>The store's clock, cut to microseconds like every instant that it keeps.</summary>
    public DateTimeOffset Now => Instants.ToMicroseconds(TimeProvider.GetUtcNow());

    /// <summary>The instant that is so far ahead by the store's clock, or the last one that there is.</summary>
    public DateTimeOffset After(TimeSpan span)
    {
        var now = Now;
        return span < DateTimeOffset.MaxValue - now ? Instants.ToMicroseconds(now + span) : Instants.ToMicroseconds(DateTimeOffset.MaxValue);
    }

    /// <summary>The in-memory unit behind a unit of work of this database.</summary>
    /// <exception cref="ArgumentException">The unit belongs to another store.</exception>
    public InMemoryUnitOfWork Require(UnitOfWork unitOfWork) =>
        unitOfWork is InMemoryUnitOfWork unit && ReferenceEquals(unit.Database, this)
            ? unit.RequireOpen()
            : throw new ArgumentException(
                $"A {unitOfWork?.GetType().Name ?? "null"} was passed to an in-memory store. Pass a unit that this store's InMemoryDatabase began.",
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
