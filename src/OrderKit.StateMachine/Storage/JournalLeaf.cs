using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>A journal row in a segment.</summary>
/// <param name="OrderNo">The order, by its number in the store.</param>
/// <param name="Version">The row.</param>
/// <param name="Hash">The hash of the row's canonical form.</param>
public readonly record struct JournalLeaf(long OrderNo, long Version, Digest Hash);
