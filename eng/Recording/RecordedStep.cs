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

/// <summary>One statement with its parameters.</summary>
internal sealed record RecordedStatement(string Text, string[] Names, object[] Values);

/// <summary>One action on a connection. Commands and commits are the round trips.</summary>
internal sealed record RecordedStep(StepKind Kind, RecordedStatement[] Statements)
{
    public static readonly RecordedStep Begin = new(StepKind.Begin, []);

    public static readonly RecordedStep Commit = new(StepKind.Commit, []);
}
