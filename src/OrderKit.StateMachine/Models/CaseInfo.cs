namespace OrderKit.StateMachine;

/// <summary>A kind of case that an order can have open.</summary>
/// <param name="Bit">Its bit in <see cref="OrderSnapshot.Cases"/>.</param>
/// <param name="Code">Its code.</param>
/// <param name="Owner">The desk that acts.</param>
/// <param name="Reason">A sentence for people.</param>
/// <param name="Within">By when it should be closed, from opening.</param>
public sealed record CaseInfo(uint Bit, string Code, string Owner, string Reason, TimeSpan? Within);
