using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>A question to the store: has an order of this subject been taken within the window? Where none was, this one now guards the subject.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Subject">The digest of what the orders have in common.</param>
/// <param name="Order">The order that asks.</param>
/// <param name="Window">How long the subject stays guarded after an order; <see cref="TimeSpan.MaxValue"/> for ever.</param>
/// <param name="At">When the order was placed; <see langword="null"/> for now, by the store's clock.</param>
/// <param name="ExtendsWindow">Whether a duplicate is an order all the same, so that the window is counted from it on.</param>
public sealed record DuplicateGuard(string Rule, Digest Subject, OrderKey Order, TimeSpan Window, DateTimeOffset? At, bool ExtendsWindow);
