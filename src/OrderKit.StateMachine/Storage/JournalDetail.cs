using System.Security.Cryptography;
using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>What of a fact may be personal: kept beside the journal, so that it can be erased without breaking it.</summary>
/// <param name="Version">The journal row.</param>
/// <param name="Salt">Sixteen random bytes, so that nobody can guess a short text from its digest.</param>
/// <param name="Note">The free text.</param>
/// <param name="Payload">The raw message.</param>
public sealed record JournalDetail(long Version, ReadOnlyMemory<byte> Salt, string? Note, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The length of a salt in bytes.</summary>
    public const int SaltSize = 16;

    /// <summary>Makes the detail of a row with a salt of its own; <see langword="null"/> where there is nothing to keep.</summary>
    /// <param name="version">The journal row.</param>
    /// <param name="note">The free text.</param>
    /// <param name="payload">The raw message.</param>
    /// <param name="randomness">Where the salt comes from.</param>
    public static JournalDetail? Create(long version, string? note, ReadOnlyMemory<byte> payload, RandomNumberGenerator randomness)
    {
        ArgumentNullException.ThrowIfNull(randomness);
        if (note is null && payload.IsEmpty)
        {
            return null;
        }

        var salt = new byte[SaltSize];
        randomness.GetBytes(salt);
        return new JournalDetail(version, salt, note, payload);
    }

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
