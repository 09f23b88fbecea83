namespace OrderKit.StateMachine;

/// <summary>From which instant a deadline counts.</summary>
public enum DeadlineBasis : byte
{
    /// <summary>From entering the state.</summary>
    Entered = 0,

    /// <summary>It is the order's ship-by instant; where the order has none, it counts from entering the state.</summary>
    ShipBy = 1,
}
