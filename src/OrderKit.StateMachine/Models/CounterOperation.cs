namespace OrderKit.StateMachine;

/// <summary>What a trigger does to a sum.</summary>
internal enum CounterOperation : byte
{
    Add,
    Take,
    Set,
    Clear,
}
