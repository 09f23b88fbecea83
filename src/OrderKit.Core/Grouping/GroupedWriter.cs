using System.Threading.Channels;

namespace OrderKit.Core;

/// <summary>Gathers what many callers want to write at the same time, and hands it over in sets.</summary>
/// <remarks>
/// While one set is written the next one gathers. Sets grow with the load, and a lone caller never waits for others. Safe for any number
/// of callers.
/// </remarks>
/// <typeparam name="TItem">What is written.</typeparam>
public sealed class GroupedWriter<TItem> : IAsyncDisposable
    where TItem : GroupedItem
{
    private readonly Func<IReadOnlyList<TItem>, ValueTask> _write;
    private readonly GroupedWriterOptions _options;
    private readonly Channel<TItem> _queue;
    private readonly Task[] _writers;
    private int _busy;

    /// <summary>Creates the writer.</summary>
    /// <param name="write">
    /// Writes a set and ends each item of it, see <see cref="GroupedItem.End()"/>. What it throws ends the others.
    /// </param>
    /// <param name="options">How to gather.</param>
    public GroupedWriter(Func<IReadOnlyList<TItem>, ValueTask> write, GroupedWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        _options = options ?? new GroupedWriterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxItems, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxBytes, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.QueueLimit, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Writers, 1, nameof(options));
        _write = write;
        _queue = Channel.CreateBounded<TItem>(new BoundedChannelOptions(_options.QueueLimit));

        // The context of the first caller, such as a trace or a transaction scope, must not flow into all later sets.
        using (ExecutionContext.SuppressFlow())
        {
            _writers = [.. Enumerable.Range(0, _options.Writers).Select(_ => Task.Run(WriteAllAsync))];
        }
    }

    /// <summary>Whether a set is being written, so that an item that is submitted now waits.</summary>
    public bool IsBusy => Volatile.Read(ref _busy) > 0;

    /// <summary>Submits an item and waits for its end.</summary>
    /// <param name="item">The item; each is submitted once.</param>
    /// <param name="cancellationToken">Takes the item back while it waits. An item that is being written is finished.</param>
    /// <exception cref="ObjectDisposedException">The writer has been disposed.</exception>
    public async Task SubmitAsync(TItem item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await _queue.Writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException("The writer has been disposed and takes no further items.", e);
        }

        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TItem)state!).TryTakeBack(token), item);
        await item.Ended.ConfigureAwait(false);
    }

    /// <summary>Takes no further items, and writes those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_writers).ConfigureAwait(false);
    }

    private async Task WriteAllAsync()
    {
        TItem? next = null;
        while (next is not null || await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var set = Gather(ref next);
            Interlocked.Increment(ref _busy);
            try
            {
                if (set.Count > 0)
                {
                    await _write(set).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                set.ForEach(item => item.End(e));
            }
            finally
            {
                Interlocked.Decrement(ref _busy);
            }
        }
    }

    /// <summary>Takes what waits, up to the limits of a set.</summary>
    /// <param name="next">The item that no longer fitted into the set before, and then the one that no longer fits into this one.</param>
    private List<TItem> Gather(ref TItem? next)
    {
        var set = new List<TItem>();
        var bytes = 0L;
        while (set.Count < _options.MaxItems && (next is not null || _queue.Reader.TryRead(out next)))
        {
            if (set.Count > 0 && bytes + next.Size > _options.MaxBytes)
            {
                break;
            }

            if (next.TryTake())
            {
                set.Add(next);
                bytes += next.Size;
            }

            next = null;
        }

        return set;
    }
}
