namespace OrderKit.Core.Storage;

/// <summary>The right to do a piece of background work alone for a while.</summary>
/// <param name="Name">The work.</param>
/// <param name="Owner">Who holds it: new for each holder, not for each machine.</param>
/// <param name="Epoch">Grows with each new holder and never starts again.</param>
/// <param name="Until">When it lapses, by the store's clock.</param>
public sealed record Lease(string Name, string Owner, long Epoch, DateTimeOffset Until);
