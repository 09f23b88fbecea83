using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Settings of the loop that deletes operations whose retention is over.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 1 minute.</remarks>
public sealed class IdempotencyOptions() : BackgroundOptions(TimeSpan.FromMinutes(1));
