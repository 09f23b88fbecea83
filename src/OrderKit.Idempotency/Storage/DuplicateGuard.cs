using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>
/// Asks whether an order with this subject was accepted within the window. If none was, the order guards the subject from now on.
/// </summary>
/// <param name="Rule">The rule.</param>
/// <param name="Subject">The digest of the values that the orders have in common.</param>
/// <param name="Order">The order to check.</param>
/// <param name="Window">How long an order guards the subject; <see cref="TimeSpan.MaxValue"/> for no limit.</param>
/// <param name="At">When the order was placed; <see langword="null"/> for now, by the store's clock.</param>
/// <param name="ExtendsWindow">Whether a duplicate restarts the window, because it may become an order too.</param>
public sealed record DuplicateGuard(string Rule, Digest Subject, OrderKey Order, TimeSpan Window, DateTimeOffset? At, bool ExtendsWindow);
