namespace OrderKit.Benchmarks;

/// <summary>A message through an outbox.</summary>
public sealed record PeerEvent(string Id, byte[] Body) : PeerMessage(Id, Body);
