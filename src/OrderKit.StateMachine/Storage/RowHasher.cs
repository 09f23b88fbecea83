using System.Buffers;
using System.Security.Cryptography;
using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>Hashes one row after the other in one buffer and with one hash state. For one thread at a time.</summary>
internal sealed class RowHasher : IDisposable
{
    private const byte RowDomain = 0;

    // Longer than nearly every row, so that one rented buffer serves a whole batch.
    private const int UsualLength = 4096;

    // Kept between rows: making a new state costs more than hashing a row does.
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(UsualLength);

    public Digest HashOf(OrderKey order, JournalEntry entry)
    {
        var needed = 1 + JournalCodec.MaxLengthOf(order, entry);
        if (_buffer.Length < needed)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(needed);
        }

        _buffer[0] = RowDomain;
        var length = 1 + JournalCodec.Write(_buffer.AsSpan(1), order, entry);
        _hash.AppendData(_buffer.AsSpan(0, length));
        Span<byte> digest = stackalloc byte[Digest.Size];
        _hash.GetHashAndReset(digest);
        return Digest.FromBytes(digest);
    }

    public void Dispose()
    {
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
