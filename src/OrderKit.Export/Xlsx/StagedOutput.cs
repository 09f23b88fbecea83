namespace OrderKit.Export;

/// <summary>Takes what the archive writes, which it does synchronously, and hands it on asynchronously: the stream of a web server's answer takes nothing else.</summary>
internal sealed class StagedOutput(Stream output) : Stream
{
    private const int Enough = 64 * 1024;

    private readonly MemoryStream _staged = new();

    /// <summary>Whether it is worth a write.</summary>
    public bool IsFull => _staged.Length >= Enough;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Hands on what was taken.</summary>
    public async Task HandOnAsync(CancellationToken cancellationToken)
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
