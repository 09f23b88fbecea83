using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>What of a fact may be personal: kept beside the journal, so that it can be erased without breaking it.</summary>
/// <param name="Version">The journal row.</param>
/// <param name="Salt">Sixteen random bytes, so that nobody can guess a short text from its digest.</param>
/// <param name="Note">The free text.</param>
/// <param name="Payload">The raw message.</param>
public sealed record JournalDetail(long Version, ReadOnlyMemory<byte> Salt, string? Note, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The digest that the journal row holds.</summary>
    public Digest ToDigest()
    {
        var writer = new CanonicalWriter();
        writer.WriteByte(1);
        writer.WriteBytes(Salt.Span);
        writer.WriteString(Note);
        writer.WriteBytes(Payload.Span);
        return writer.ToDigest();
    }
}
