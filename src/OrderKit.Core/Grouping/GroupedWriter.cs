using System.Threading.Channels;

namespace OrderKit.Core;

/// <summary>Gathers what many callers want to write at the same time, and writes it together; each caller hears of its own item.</summary>
/// <remarks>
/// While one set is being written the next one gathers, so sets grow with the load and a lone caller never waits for company. Safe for
/// any number of callers. A set that fails as a whole is written again item by item, so that a bad item harms nobody else: writing an
/// item twice must be harmless, as it is where each item carries its identity.
/// </remarks>
/// <typeparam name="TItem">What is written.</typeparam>
/// <typeparam name="TResult">What its caller hears.</typeparam>
public sealed class GroupedWriter<TItem, TResult> : IAsyncDisposable
{
    private readonly Func<IReadOnlyList<TItem>, ValueTask<IReadOnlyList<GroupedAnswer<TResult>>>> _write;
    private readonly Channel<Entry> _queue;
    private readonly int _maximumItems;
    private readonly Task[] _writers;

    /// <summary>Makes the writer.</summary>
    /// <param name="write">Writes a set, and answers for each item in the same order once all of it is durable.</param>
    /// <param name="options">How to gather.</param>
    public GroupedWriter(Func<IReadOnlyList<TItem>, ValueTask<IReadOnlyList<GroupedAnswer<TResult>>>> write, GroupedWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        options ??= new GroupedWriterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxItems, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLimit, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Writers, 1, nameof(options));
        _write = write;
        _maximumItems = options.MaxItems;
        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(options.QueueLimit) { SingleReader = options.Writers == 1 });

        // Whatever surrounds the first caller, such as a trace or a transaction scope, does not surround all that are written later.
        using (ExecutionContext.SuppressFlow())
        {
            _writers = [.. Enumerable.Range(0, options.Writers).Select(_ => Task.Run(WriteAllAsync))];
        }
    }

    /// <summary>Has an item written.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Takes the item back while it waits. Once it is being written it is finished, and its outcome told.</param>
    /// <returns>What became of it, when that is durable.</returns>
    /// <exception cref="ObjectDisposedException">The writer has been disposed.</exception>
    public async Task<TResult> SubmitAsync(TItem item, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var entry = new Entry(item);
        try
        {
            await _queue.Writer.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException("The writer has been disposed and takes no further items.", e);
        }

        if (!cancellationToken.CanBeCanceled)
        {
            return await entry.Task.ConfigureAwait(false);
        }

        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((Entry)state!).TryTakeBack(token), entry);
        return await entry.Task.ConfigureAwait(false);
    }

    /// <summary>Takes no further items, and writes those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_writers).ConfigureAwait(false);
    }

    private async Task WriteAllAsync()
    {
        var entries = new List<Entry>(_maximumItems);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (entries.Count < _maximumItems && _queue.Reader.TryRead(out var entry))
            {
                if (entry.TryTake())
                {
                    entries.Add(entry);
                }
            }

            if (entries.Count > 0)
            {
                await WriteAsync(entries).ConfigureAwait(false);
                entries.Clear();
            }
        }
    }

    private async Task WriteAsync(List<Entry> entries)
    {
        try
        {
            var answers = await _write([.. entries.Select(entry => entry.Item)]).ConfigureAwait(false);
            if (answers.Count != entries.Count)
            {
                throw new InvalidOperationException($"{entries.Count} items were written together, and {answers.Count} answered.");
            }

            for (var i = 0; i < entries.Count; i++)
            {
                entries[i].End(answers[i]);
            }
        }
        catch (Exception e)
        {
            if (entries.Count == 1)
            {
                entries[0].End(e);
                return;
            }

            foreach (var entry in entries)
            {
                if (IsOutage(e))
                {
                    // Nobody's item is at fault, and each would wait for the same answer in turn.
                    entry.End(e);
                    continue;
                }

                await WriteAsync([entry]).ConfigureAwait(false);
            }
        }
    }

    private static bool IsOutage(Exception exception) =>
        exception is TimeoutException or OperationCanceledException or System.Data.Common.DbException { IsTransient: true };

    private sealed class Entry(TItem item) : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private int _isTaken;

        public TItem Item { get; } = item;

        public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

        public void TryTakeBack(CancellationToken cancellationToken)
        {
            if (TryTake())
            {
                TrySetCanceled(cancellationToken);
            }
        }

        public void End(GroupedAnswer<TResult> answer)
        {
            if (answer.Failure is { } failure)
            {
                TrySetException(failure);
            }
            else
            {
                TrySetResult(answer.Result!);
            }
        }
    }
}
