using System.Buffers.Binary;
using System.Text;

namespace OrderKit.Core;

/// <summary>Reads what a <see cref="CanonicalWriter"/> wrote, in the same order.</summary>
/// <remarks>
/// Every read checks the bytes, and throws a <see cref="FormatException"/> that names the position of invalid ones.
/// Do not use the reader after that. Lengths are checked before memory is allocated.
/// </remarks>
public ref struct CanonicalReader
{
    private readonly ReadOnlySpan<byte> _content;
    private int _position;

    /// <summary>Reads from the start of the bytes.</summary>
    public CanonicalReader(ReadOnlySpan<byte> content)
    {
        _content = content;
        _position = 0;
    }

    /// <summary>How many bytes have been read.</summary>
    public readonly int Position => _position;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool IsAtEnd => _position == _content.Length;

    /// <summary>Reads the version of the layout that follows.</summary>
    /// <param name="newest">The newest version that the caller understands.</param>
    /// <exception cref="FormatException">The version is zero or newer than that, or there is none.</exception>
    public byte ReadVersion(byte newest)
    {
        var version = Take(1, "a version")[0];
        return version >= 1 && version <= newest
            ? version
            : throw new FormatException(
                $"Layout version {version} at byte {_position - 1} is not known (1 to {newest} are). A newer release wrote it, or it is something else.");
    }

    /// <summary>Reads one byte.</summary>
    /// <exception cref="FormatException">The bytes end before it.</exception>
    public byte ReadByte() => Take(1, "a byte")[0];

    /// <summary>Reads a truth value.</summary>
    /// <exception cref="FormatException">The bytes end before it, or it is neither 0 nor 1.</exception>
    public bool ReadBoolean() => Take(1, "a truth value")[0] switch
    {
        0 => false,
        1 => true,
        var other => throw new FormatException($"Byte {_position - 1} is {other}, no truth value; 0 and 1 are."),
    };

    /// <summary>Reads a number of four bytes.</summary>
    /// <exception cref="FormatException">The bytes end before it does.</exception>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int), "an Int32"));

    /// <summary>Reads a number of eight bytes.</summary>
    /// <exception cref="FormatException">The bytes end before it does.</exception>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long), "an Int64"));

    /// <summary>Reads a text, which may be null.</summary>
    /// <exception cref="FormatException">The bytes end before it does, its length is impossible, or it isn't UTF-8.</exception>
    public string? ReadString() => TryTakePrefixed("a text", out var bytes) ? Decode(bytes) : null;

    /// <summary>Reads a text that must not be null.</summary>
    /// <exception cref="FormatException">It is null, the bytes end before it does, its length is impossible, or it isn't UTF-8.</exception>
    public string ReadRequiredString() => Decode(TakePrefixed("a text"));

    /// <summary>Reads bytes that must not be null; the span is a part of the content, not a copy.</summary>
    /// <exception cref="FormatException">They are null, the content ends before they do, or their length is impossible.</exception>
    public ReadOnlySpan<byte> ReadBytes() => TakePrefixed("a byte string");

    /// <summary>Reads an instant, in UTC.</summary>
    /// <exception cref="FormatException">The bytes end before it does, or it lies outside the years 1 to 9999.</exception>
    public DateTimeOffset ReadInstant()
    {
        var microseconds = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long), "an instant"));
        return Instants.TryFromUnixMicroseconds(microseconds, out var instant)
            ? instant
            : throw new FormatException(
                $"The instant at byte {_position - sizeof(long)} is {microseconds} microseconds from 1970, outside the years 1 to 9999.");
    }

    /// <summary>Reads a digest.</summary>
    /// <exception cref="FormatException">The bytes end before it does.</exception>
    public Digest ReadDigest() => Digest.FromBytes(Take(Digest.Size, "a digest"));

    /// <summary>Reads bytes into an array of their own, or null.</summary>
    /// <exception cref="FormatException">The content ends before they do, or their length is impossible.</exception>
    public byte[]? ReadNullableBytes() => TryTakePrefixed("a byte string", out var bytes) ? bytes.ToArray() : null;

    /// <summary>Reads a number of four bytes, or null.</summary>
    /// <exception cref="FormatException">The bytes end before it does, or its presence is neither 0 nor 1.</exception>
    public int? ReadNullableInt32() => ReadBoolean() ? ReadInt32() : null;

    /// <summary>Reads a number of eight bytes, or null.</summary>
    /// <exception cref="FormatException">The bytes end before it does, or its presence is neither 0 nor 1.</exception>
    public long? ReadNullableInt64() => ReadBoolean() ? ReadInt64() : null;

    /// <summary>Reads an instant in UTC, or null.</summary>
    /// <exception cref="FormatException">The bytes end before it does, it is out of range, or its presence is neither 0 nor 1.</exception>
    public DateTimeOffset? ReadNullableInstant() => ReadBoolean() ? ReadInstant() : null;

    /// <summary>Reads a digest, or null.</summary>
    /// <exception cref="FormatException">The bytes end before it does, or its presence is neither 0 nor 1.</exception>
    public Digest? ReadNullableDigest() => ReadBoolean() ? ReadDigest() : null;

    /// <summary>Makes sure that everything has been read.</summary>
    /// <exception cref="FormatException">There are bytes left, so this is another layout than the caller believes.</exception>
    public readonly void RequireEnd()
    {
        if (!IsAtEnd)
            throw new FormatException(
                $"{_content.Length - _position} bytes follow byte {_position}, where the content should end; it has another layout.");
    }

    private ReadOnlySpan<byte> Take(int length, string what)
    {
        if (length > _content.Length - _position)
        {
            throw new FormatException(
                $"The content ends at byte {_content.Length}, before {what} of {length} bytes at byte {_position}; "
                + "it is cut off or has another layout.");
        }

        var taken = _content.Slice(_position, length);
        _position += length;
        return taken;
    }

    private bool TryTakePrefixed(string what, out ReadOnlySpan<byte> bytes)
    {
        var length = ReadInt32();
        if (length < CanonicalText.NullLength)
            throw new FormatException(
                $"The length of {what} at byte {_position - sizeof(int)} is {length}; the content has another layout.");
        bytes = length == CanonicalText.NullLength ? default : Take(length, what);
        return length != CanonicalText.NullLength;
    }

    private ReadOnlySpan<byte> TakePrefixed(string what) =>
        TryTakePrefixed(what, out var bytes)
            ? bytes
            : throw new FormatException(
                $"There is null instead of {what} at byte {_position - sizeof(int)}; the content has another layout.");

    private readonly string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return CanonicalText.Encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException(
                $"The text of {bytes.Length} bytes that ends at byte {_position} isn't UTF-8; the content has another layout.", exception);
        }
    }
}
