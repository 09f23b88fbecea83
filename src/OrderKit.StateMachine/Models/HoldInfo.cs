namespace OrderKit.StateMachine;

/// <summary>A reason to stop commands on an order, beside its states.</summary>
/// <param name="Bit">Its bit in <see cref="OrderSnapshot.Holds"/>.</param>
/// <param name="Code">Its code.</param>
/// <param name="LocalName">Its name for people.</param>
public sealed record HoldInfo(uint Bit, string Code, string LocalName);
