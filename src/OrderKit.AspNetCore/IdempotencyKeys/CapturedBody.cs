using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrderKit.AspNetCore;

/// <summary>Buffers a response body, up to a limit, so that nothing is sent before the response is stored.</summary>
internal sealed class CapturedBody : Stream, IHttpResponseBodyFeature
{
    private readonly HttpResponse _response;
    private readonly int _maximum;
    private readonly MemoryStream _bytes = new();
    private PipeWriter? _writer;

    public CapturedBody(HttpResponse response, int maximum) => (_response, _maximum) = (response, maximum);

    /// <summary>Why the response cannot be stored. It is set even if the handler swallowed the exception.</summary>
    public UnkeepableResponseException? Refusal { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);

    Stream IHttpResponseBodyFeature.Stream => this;

    public PipeWriter Writer => _writer ??= PipeWriter.Create(this, new StreamPipeWriterOptions(leaveOpen: true));

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void DisableBuffering() => throw Refuse("it turns buffering off, so it is a stream");

    // Headers and status can change until the response is stored.
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        RequireNoStream();
        return Task.CompletedTask;
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw Refuse("it sends a file");

    public async Task CompleteAsync()
    {
        if (_writer is not null)
        {
            await _writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    public override void Flush() => RequireNoStream();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        RequireNoStream();
        return Task.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        RequireNoStream();
        if (_bytes.Length + buffer.Length > _maximum)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"it has more than {_maximum:N0} bytes"));
        }

        _bytes.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void RequireNoStream()
    {
        if (_response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw Refuse("it is a stream of events");
        }
    }

    private UnkeepableResponseException Refuse(string why) => Refusal ??= new UnkeepableResponseException(
        $"The response of this endpoint cannot be stored for its Idempotency-Key, because {why}. Return a small body and the address of "
        + "the large one, raise IdempotencyKeyOptions.MaxResponse, or map the endpoint without RequireIdempotencyKey.");
}
