using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit;

/// <summary>A fact that takes effect once, however often it is delivered and by whichever path.</summary>
/// <param name="Key">What identifies the delivery: the provider's own id, under a scope of your choice.</param>
/// <param name="Fingerprint">What it says, so that another content under the same key is noticed.</param>
/// <param name="Fact">The fact.</param>
public sealed record IntakeRequest(OperationKey Key, Fingerprint Fingerprint, OrderFact Fact);
