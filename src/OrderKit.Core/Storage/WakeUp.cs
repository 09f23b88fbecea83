namespace OrderKit.Core.Storage;

/// <summary>Wakes the loops of this process that wait for work.</summary>
/// <remarks>Safe for several threads. A signal wakes all that wait, and is not stored: a loop polls at an interval anyway.</remarks>
public sealed class WakeUp
{
    private TaskCompletionSource? _next;

    /// <summary>Makes an instance that nothing waits for.</summary>
    public WakeUp() => Set = () => Interlocked.Exchange(ref _next, null)?.TrySetResult();

    /// <summary>Sends the signal; made for <see cref="UnitOfWork.AfterCommit"/>.</summary>
    public Action Set { get; }

    /// <summary>A task that ends with the next signal. Take it before you look for work, so that no signal is missed.</summary>
    public Task Next
    {
        get
        {
            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, made, null) ?? made).Task;
        }
    }
}
