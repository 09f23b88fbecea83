namespace OrderKit.Benchmarks;

/// <summary>A message to an inbox. Public, since Wolverine compiles code that reads it.</summary>
public record PeerMessage(string Id, byte[] Body);
