namespace OrderKit.AspNetCore;

/// <summary>The settings of an endpoint.</summary>
internal sealed record IdempotencyKeyMetadata(IdempotencyKeyOptions Options);
