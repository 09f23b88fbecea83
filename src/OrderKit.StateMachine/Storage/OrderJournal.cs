namespace OrderKit.StateMachine.Storage;

/// <summary>An order with its whole journal.</summary>
/// <param name="OrderNo">The order's number in the store.</param>
/// <param name="Order">The order as stored.</param>
/// <param name="Entries">Its rows, from the first.</param>
public sealed record OrderJournal(long OrderNo, StoredOrder Order, IReadOnlyList<JournalEntry> Entries);
