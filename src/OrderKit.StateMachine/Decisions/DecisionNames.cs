namespace OrderKit.StateMachine;

/// <summary>The names of outcomes outside of .NET: in events, pictures and metrics.</summary>
public static class DecisionNames
{
    /// <summary>The name of an outcome.</summary>
    public static string Of(DecisionKind kind) => kind switch
    {
        DecisionKind.Applied => "applied",
        DecisionKind.AlreadyApplied => "already-applied",
        DecisionKind.Late => "late",
        DecisionKind.Early => "early",
        DecisionKind.Contradictory => "contradictory",
        DecisionKind.Rejected => "rejected",
        _ => "guard-failed",
    };
}
