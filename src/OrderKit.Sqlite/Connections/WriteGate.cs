using System.Collections.Concurrent;

namespace OrderKit.Sqlite;

/// <summary>Admits one writer of this process at a time to a file.</summary>
/// <remarks>
/// SQLite allows one writer anyway. Callers that wait inside SQLite poll with growing delays and can starve each other for seconds.
/// Callers that wait here are served in order.
/// </remarks>
#pragma warning disable CA1001 // A gate lives as long as the process: there is one per file.
internal sealed class WriteGate
#pragma warning restore CA1001
{
    private static readonly ConcurrentDictionary<string, WriteGate> Gates = new(SqliteFile.Comparer);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _path;

    private WriteGate(string path) => _path = path;

    /// <summary>Returns the gate of a file, shared by all of its writers.</summary>
    internal static WriteGate Of(string path) => Gates.GetOrAdd(path, static key => new WriteGate(key));

    /// <exception cref="TimeoutException">Another unit of work stayed open for longer than the limit.</exception>
    internal async ValueTask EnterAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(limit, cancellationToken).ConfigureAwait(false))
        {
            throw new TimeoutException(
                $"Another unit of work of this process has locked the SQLite file '{_path}' for {limit}. Commit or dispose that unit, or "
                + "pass it to this call: a unit that is begun while another one of the same flow is open waits for itself.");
        }
    }

    internal void Leave() => _turn.Release();
}
