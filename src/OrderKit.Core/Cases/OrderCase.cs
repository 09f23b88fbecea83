namespace OrderKit.Core;

/// <summary>A contradiction or a missed deadline that a person has to close.</summary>
/// <param name="Order">The order.</param>
/// <param name="Code">The kind of case, such as <c>shipped-not-cleared</c>. An order has one open case per kind.</param>
/// <param name="Owner">The team that has to act.</param>
/// <param name="Reason">A sentence for people.</param>
/// <param name="OpenedVersion">The version of the order whose journal row opened it.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="DueAt">When it has to be closed.</param>
/// <param name="ClosedAt">When it was closed; <see langword="null"/> while it is open.</param>
/// <param name="ClosedVersion">The version of the order whose journal row closed it.</param>
public sealed record OrderCase(
    OrderKey Order,
    string Code,
    string Owner,
    string Reason,
    long OpenedVersion,
    DateTimeOffset OpenedAt,
    DateTimeOffset? DueAt,
    DateTimeOffset? ClosedAt,
    long? ClosedVersion);
