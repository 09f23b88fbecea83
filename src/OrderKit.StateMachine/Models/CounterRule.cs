namespace OrderKit.StateMachine;

/// <summary>How a trigger changes a sum.</summary>
internal sealed record CounterRule(Counter Counter, CounterOperation Operation, bool IsMoney, Counter Of, Condition? Condition = null)
{
    /// <summary>Whether it happens only when the order moves; what an owner tells of money or goods counts in any state.</summary>
    public bool OnlyWhenMoved => Operation is CounterOperation.Take or CounterOperation.Clear;
}
