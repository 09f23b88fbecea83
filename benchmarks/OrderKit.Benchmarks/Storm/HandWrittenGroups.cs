using System.Threading.Channels;

namespace OrderKit.Benchmarks;

/// <summary>
/// The grouped form as people write it by hand: callers put their callbacks into a queue, each writer takes what waits, up to the size of a
/// group, writes it in one transaction and answers the callers. It writes OrderKit's rows and decides nothing.
/// </summary>
internal sealed class HandWrittenGroups : IAsyncDisposable
{
    private readonly Channel<(IntakeRequest Request, TaskCompletionSource<bool> Answer)> _queue =
        Channel.CreateUnbounded<(IntakeRequest, TaskCompletionSource<bool>)>();

    private readonly IReadOnlyList<IGroupWriter> _writers;
    private readonly Task _work;

    public HandWrittenGroups(int size, IReadOnlyList<IGroupWriter> writers)
    {
        _writers = writers;
        _work = Task.WhenAll(writers.Select(writer => Task.Run(() => WriteAllAsync(writer, size))));
    }

    /// <summary>Writes one callback, and says whether it took effect.</summary>
    public Task<bool> DeliverAsync(IntakeRequest request)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Writer.TryWrite((request, answer));
        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        await _work.ConfigureAwait(false);
        foreach (var writer in _writers)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAllAsync(IGroupWriter writer, int size)
    {
        var group = new List<(IntakeRequest Request, TaskCompletionSource<bool> Answer)>(size);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (group.Count < size && _queue.Reader.TryRead(out var member))
            {
                group.Add(member);
            }

            if (group.Count == 0)
            {
                continue;
            }

            try
            {
                var applied = await writer.WriteAsync([.. group.Select(static member => member.Request)]).ConfigureAwait(false);
                for (var i = 0; i < group.Count; i++)
                {
                    group[i].Answer.SetResult(applied[i]);
                }
            }
            catch (Exception e)
            {
                group.ForEach(member => member.Answer.SetException(e));
            }
        }
    }
}
