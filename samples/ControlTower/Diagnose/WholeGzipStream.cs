using System.Buffers.Binary;
using System.IO.Compression;

namespace ControlTower.Diagnose;

/// <summary>Decompresses a gzip file, and sees to it that none of it is missing.</summary>
/// <remarks>
/// The framework takes a file that was cut off for one that ends there, and half an export would be diagnosed as a whole one.
/// A gzip file ends with the length of its content, which is compared here. Files of several parts joined are refused with it.
/// </remarks>
internal sealed class WholeGzipStream(FileStream file) : Stream
{
    private readonly GZipStream _content = new(file, CompressionMode.Decompress);
    private uint _length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = _content.Read(buffer);
        unchecked
        {
            _length += (uint)read;
        }

        if (read == 0 && buffer.Length > 0 && WrittenLength() != _length)
        {
            throw new InvalidDataException("Its end is missing, or it is made of several parts; unpack it first.");
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private uint? WrittenLength()
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        return file.Length >= length.Length && RandomAccess.Read(file.SafeFileHandle, length, file.Length - length.Length) == length.Length
            ? BinaryPrimitives.ReadUInt32LittleEndian(length)
            : null;
    }
}
