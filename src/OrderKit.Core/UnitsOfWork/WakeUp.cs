namespace OrderKit.Core;

/// <summary>Tells whoever waits in this process that there is something to do, before they would look by themselves.</summary>
/// <remarks>Safe for several threads. All who wait are told, and nothing is kept for those who do not: whoever waits looks now and then anyway.</remarks>
public sealed class WakeUp
{
    private TaskCompletionSource? _next;

    /// <summary>Makes one that nobody waits for.</summary>
    public WakeUp() => Set = () => Interlocked.Exchange(ref _next, null)?.TrySetResult();

    /// <summary>Tells them; for <see cref="UnitOfWork.AfterCommit"/>.</summary>
    public Action Set { get; }

    /// <summary>Ends with the next time that they are told. Ask for it before looking, so that nothing falls in between.</summary>
    public Task Next
    {
        get
        {
            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, made, null) ?? made).Task;
        }
    }
}
