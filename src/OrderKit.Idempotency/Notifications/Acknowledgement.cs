namespace OrderKit.Idempotency;

/// <summary>What a provider is answered over HTTP.</summary>
/// <param name="StatusCode">The status.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="Body">The body.</param>
public sealed record Acknowledgement(int StatusCode, string ContentType, ReadOnlyMemory<byte> Body);
