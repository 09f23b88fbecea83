using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>A journal row outside its journal, with the order that it belongs to.</summary>
/// <param name="OrderNo">The order's number in the store.</param>
/// <param name="Order">The order; a row's hash binds it to this key, since a store's number means nothing elsewhere.</param>
/// <param name="Entry">The row.</param>
public sealed record JournalRow(long OrderNo, OrderKey Order, JournalEntry Entry);
