namespace OrderKit.Eng;

/// <summary>How a command was executed.</summary>
internal enum StepKind
{
    Begin,
    Query,
    Scalar,
    Change,
    Batch,
    Commit,
}

/// <summary>One text with the parameters that it was sent with.</summary>
internal sealed record RecordedStatement(string Text, string[] Names, object[] Values);

/// <summary>One thing that was done on a connection; commands and commits are the round trips.</summary>
internal sealed record RecordedStep(StepKind Kind, RecordedStatement[] Statements)
{
    public static readonly RecordedStep Begin = new(StepKind.Begin, []);

    public static readonly RecordedStep Commit = new(StepKind.Commit, []);
}
