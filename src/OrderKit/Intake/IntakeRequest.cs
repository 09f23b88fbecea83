using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit;

/// <summary>A fact that takes effect once, however often and on whichever path it is delivered.</summary>
/// <param name="Key">Identifies the delivery: the source's own id, under a scope of your choice.</param>
/// <param name="Fingerprint">Its content, which detects another content under the same key.</param>
/// <param name="Fact">The fact.</param>
public sealed record IntakeRequest(OperationKey Key, Fingerprint Fingerprint, OrderFact Fact);
