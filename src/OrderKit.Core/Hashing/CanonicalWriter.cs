using System.Buffers;
using System.Buffers.Binary;

namespace OrderKit.Core;

/// <summary>Writes values as bytes that are the same on every machine and in every version, for hashing and storage.</summary>
/// <remarks>
/// Numbers are little-endian and of fixed width; texts and byte strings follow their length, so that no two sequences of values
/// give the same bytes. The bytes have no type tags: a reader must know what was written. Start each layout with
/// <see cref="WriteVersion"/>.
/// A writer may be used again after <see cref="Reset"/>, but only by one thread at a time.
/// </remarks>
public sealed class CanonicalWriter
{
    private readonly ArrayBufferWriter<byte> _buffer;

    /// <summary>Makes an empty writer.</summary>
    public CanonicalWriter() => _buffer = new ArrayBufferWriter<byte>(256);

    /// <summary>What was written since the last <see cref="Reset"/>; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.WrittenSpan;

    /// <summary>Clears the content and keeps the memory.</summary>
    public void Reset() => _buffer.ResetWrittenCount();

    /// <summary>Hashes what was written.</summary>
    public Digest ToDigest() => Digest.Of(_buffer.WrittenSpan);

    /// <summary>Writes the version of the layout that follows, as one byte.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The version is zero, which would look like empty memory.</exception>
    public void WriteVersion(byte version)
    {
        ArgumentOutOfRangeException.ThrowIfZero(version);
        WriteByte(version);
    }

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    /// <summary>Writes one byte, 1 for true and 0 for false.</summary>
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes four bytes, little-endian.</summary>
    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(sizeof(int)), value);
        _buffer.Advance(sizeof(int));
    }

    /// <summary>Writes eight bytes, little-endian.</summary>
    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
    }

    /// <summary>Writes a text as UTF-8 behind its length in bytes, an Int32; null is the length -1.</summary>
    /// <exception cref="ArgumentException">The text has half a surrogate pair, which has no UTF-8 form; nothing is written.</exception>
    public void WriteString(string? value)
    {
        if (value is null)
            WriteInt32(CanonicalText.NullLength);
        else
            WriteString(value.AsSpan());
    }

    /// <summary>Writes a text as UTF-8 behind its length in bytes, an Int32.</summary>
    /// <exception cref="ArgumentException">The text has half a surrogate pair, which has no UTF-8 form; nothing is written.</exception>
    public void WriteString(ReadOnlySpan<char> value)
    {
        var length = CanonicalText.Encoding.GetByteCount(value);
        var destination = _buffer.GetSpan(sizeof(int) + length);
        BinaryPrimitives.WriteInt32LittleEndian(destination, length);
        CanonicalText.Encoding.GetBytes(value, destination[sizeof(int)..]);
        _buffer.Advance(sizeof(int) + length);
    }

    /// <summary>Writes bytes behind their length, an Int32.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteInt32(value.Length);
        _buffer.Write(value);
    }

    /// <summary>Writes an instant as microseconds since 1970-01-01T00:00Z, an Int64; its offset and what is finer are not kept.</summary>
    public void WriteInstant(DateTimeOffset value) => WriteInt64(Instants.ToUnixMicroseconds(value));

    /// <summary>Writes the 32 bytes of a digest.</summary>
    public void WriteDigest(Digest value)
    {
        value.CopyTo(_buffer.GetSpan(Digest.Size));
        _buffer.Advance(Digest.Size);
    }

    /// <summary>Writes bytes behind their length, an Int32; null is the length -1.</summary>
    public void WriteNullableBytes(byte[]? value)
    {
        if (value is null)
            WriteInt32(CanonicalText.NullLength);
        else
            WriteBytes(value);
    }

    /// <summary>Writes whether there is a value, as one byte, and then the value.</summary>
    public void WriteNullableInt32(int? value)
    {
        WriteBoolean(value.HasValue);
        if (value is { } present)
            WriteInt32(present);
    }

    /// <summary>Writes whether there is a value, as one byte, and then the value.</summary>
    public void WriteNullableInt64(long? value)
    {
        WriteBoolean(value.HasValue);
        if (value is { } present)
            WriteInt64(present);
    }

    /// <summary>Writes whether there is an instant, as one byte, and then the instant.</summary>
    public void WriteNullableInstant(DateTimeOffset? value)
    {
        WriteBoolean(value.HasValue);
        if (value is { } present)
            WriteInstant(present);
    }

    /// <summary>Writes whether there is a digest, as one byte, and then the digest.</summary>
    public void WriteNullableDigest(Digest? value)
    {
        WriteBoolean(value.HasValue);
        if (value is { } present)
            WriteDigest(present);
    }
}
