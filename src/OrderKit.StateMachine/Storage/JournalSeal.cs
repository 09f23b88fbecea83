using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>A segment's number and hash: kept outside the database, it vouches for every row up to it.</summary>
/// <param name="Number">The segment's number.</param>
/// <param name="Hash">The segment's hash.</param>
public readonly record struct JournalSeal(long Number, Digest Hash);
