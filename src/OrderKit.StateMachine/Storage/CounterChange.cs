namespace OrderKit.StateMachine.Storage;

/// <summary>By how much a fact changes one counter.</summary>
/// <param name="Index">The counter's number; -1 for none.</param>
/// <param name="Change">What is added.</param>
public readonly record struct CounterChange(int Index, long Change)
{
    /// <summary>No change.</summary>
    public static CounterChange None => new(-1, 0);
}
