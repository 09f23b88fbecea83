namespace OrderKit.AspNetCore;

/// <summary>The options of an endpoint.</summary>
internal sealed record IdempotencyKeyMetadata(IdempotencyKeyOptions Options);
