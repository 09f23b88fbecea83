namespace OrderKit.Benchmarks;

/// <summary>What went over some connections, in order.</summary>
internal sealed class Recording
{
    private readonly List<RecordedStep> _steps = [];

    public void Add(RecordedStep step)
    {
        lock (_steps)
        {
            _steps.Add(step);
        }
    }

    /// <summary>What came since the last time.</summary>
    public RecordedStep[] Take()
    {
        lock (_steps)
        {
            RecordedStep[] taken = [.. _steps];
            _steps.Clear();
            return taken;
        }
    }
}
