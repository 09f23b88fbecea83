namespace OrderKit.Core.Storage;

/// <summary>The exclusive right to do a piece of background work until it expires.</summary>
/// <param name="Name">The name of the work.</param>
/// <param name="Owner">The holder: a new name for each instance, not for each machine.</param>
/// <param name="Epoch">The epoch. It grows with each new holder.</param>
/// <param name="Until">When it expires, by the store's clock.</param>
public sealed record Lease(string Name, string Owner, long Epoch, DateTimeOffset Until);
