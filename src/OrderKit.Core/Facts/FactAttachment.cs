namespace OrderKit.Core;

/// <summary>A document that belongs to a fact. The document itself is stored elsewhere.</summary>
/// <param name="Name">A name for people, such as <c>waybill.pdf</c>.</param>
/// <param name="MediaType">The media type of the document.</param>
/// <param name="Digest">The SHA-256 of its bytes.</param>
public sealed record FactAttachment(string Name, string MediaType, Digest Digest);
