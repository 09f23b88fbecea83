using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Something wrong with a journal, and where.</summary>
/// <param name="Kind">What.</param>
/// <param name="OrderNo">The order's number in the store; <see langword="null"/> where it is about a segment.</param>
/// <param name="Order">The order, where the store still knows it.</param>
/// <param name="Version">The row.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record JournalFinding(JournalFindingKind Kind, long? OrderNo, OrderKey? Order, long? Version, long? Segment, string Message);
