namespace OrderKit.Idempotency;

/// <summary>The HTTP answer for a provider.</summary>
/// <param name="StatusCode">The status.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="Body">The body.</param>
public sealed record Acknowledgement(int StatusCode, string ContentType, ReadOnlyMemory<byte> Body);
