namespace OrderKit.Core;

/// <summary>A document that came with a fact, kept elsewhere and named here by its digest.</summary>
/// <param name="Name">A name for people, such as <c>waybill.pdf</c>.</param>
/// <param name="MediaType">The media type of the document.</param>
/// <param name="Digest">The SHA-256 of its bytes.</param>
public sealed record FactAttachment(string Name, string MediaType, Digest Digest);
