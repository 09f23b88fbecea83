namespace OrderKit.Export;

/// <summary>
/// Buffers what the archive writes synchronously and writes it asynchronously, because the response stream of a web server takes only that.
/// </summary>
internal sealed class StagedOutput(Stream output) : Stream
{
    private const int FlushSize = 64 * 1024;

    private readonly MemoryStream _staged = new();

    /// <summary>Whether the buffer is large enough for a write.</summary>
    public bool IsFull => _staged.Length >= FlushSize;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Writes the buffer to the output.</summary>
    public async Task WriteBufferAsync(CancellationToken cancellationToken)
    {
        await output.WriteAsync(_staged.GetBuffer().AsMemory(0, (int)_staged.Length), cancellationToken).ConfigureAwait(false);
        _staged.SetLength(0);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _staged.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => _staged.Write(buffer, offset, count);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
