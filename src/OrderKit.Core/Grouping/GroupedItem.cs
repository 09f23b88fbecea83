namespace OrderKit.Core;

/// <summary>
/// One caller's item in a <see cref="GroupedWriter{TItem}"/>: waits, is written together with others, and ends by itself.
/// </summary>
public abstract class GroupedItem
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    /// <summary>About how many bytes it writes; a set is limited by their sum.</summary>
    public virtual int Size => 0;

    internal Task Ended => _end.Task;

    /// <summary>Ends the item: its caller goes on.</summary>
    public void End() => _end.TrySetResult();

    /// <summary>Ends the item with a failure that only its own caller gets.</summary>
    public void End(Exception failure) => _end.TrySetException(failure);

    internal bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    internal void TryTakeBack(CancellationToken cancellationToken)
    {
        if (TryTake())
        {
            _end.TrySetCanceled(cancellationToken);
        }
    }
}
