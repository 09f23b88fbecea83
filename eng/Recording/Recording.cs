namespace OrderKit.Eng;

/// <summary>The recorded actions of connections, in order.</summary>
internal sealed class Recording
{
    private readonly List<RecordedStep> _steps = [];

    public ValueTask AddAsync(RecordedStep step)
    {
        lock (_steps)
        {
            _steps.Add(step);
        }

        return default;
    }

    /// <summary>Returns the statements since the last call, with <c>BEGIN</c> and <c>COMMIT</c> between them.</summary>
    public IReadOnlyList<string> TakeTexts() =>
    [
        .. Take().SelectMany(step => step.Kind switch
        {
            StepKind.Begin => ["BEGIN"],
            StepKind.Commit => ["COMMIT"],
            _ => step.Statements.Select(statement => statement.Text),
        }),
    ];

    /// <summary>Returns the actions since the last call.</summary>
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
