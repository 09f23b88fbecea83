using System.Collections.Concurrent;

namespace OrderKit.Sqlite;

/// <summary>Lets one writer of this process at a time at a file.</summary>
/// <remarks>
/// SQLite has one writer anyway. Those who wait inside it poll with growing pauses and starve each other for seconds; those who
/// wait here are served in turn.
/// </remarks>
#pragma warning disable CA1001 // A gate lives as long as the process: there is one per file, and whoever waits at it needs it.
internal sealed class WriteGate
#pragma warning restore CA1001
{
    private static readonly ConcurrentDictionary<string, WriteGate> Gates = new(SqliteFile.Comparer);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _path;

    private WriteGate(string path) => _path = path;

    /// <summary>The gate of a file, one for all who write it.</summary>
    internal static WriteGate Of(string path) => Gates.GetOrAdd(path, static key => new WriteGate(key));

    /// <exception cref="TimeoutException">Another unit of work stays open for longer than the limit.</exception>
    internal async ValueTask EnterAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(limit, cancellationToken).ConfigureAwait(false))
        {
            throw new TimeoutException(
                $"Another unit of work of this process has held the SQLite file '{_path}' for {limit}. Commit or dispose it, or pass it to this call: a unit that is begun inside another one waits for itself.");
        }
    }

    internal void Leave() => _turn.Release();
}
