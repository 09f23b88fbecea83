using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrderKit.AspNetCore;

/// <summary>Replaces the server's request body and records each byte that is read from it.</summary>
/// <remarks>
/// It is installed before any middleware runs. So the record begins with the first byte, whoever reads it: middleware, the form reader or
/// the endpoint. The record counts as complete only when the server reported the end of the body.
/// </remarks>
internal sealed class RecordedBody : Stream
{
    /// <summary>How many bytes are recorded before routing has chosen the endpoint, whose limit is not known yet.</summary>
    private const int UnroutedLimit = 1024 * 1024;

    private const int BufferSize = 16 * 1024;

    private readonly HttpContext _context;
    private readonly Stream _source;
    private readonly long? _announced;
    private readonly MemoryStream _record = new();
    private long _received;
    private int _handedOut;
    private bool _isComplete;
    private bool _isDropped;
    private Exception? _fault;

    private RecordedBody(HttpContext context) =>
        (_context, _source, _announced) = (context, context.Request.Body, context.Request.ContentLength);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Puts a record in place of the request's body.</summary>
    public static RecordedBody Install(HttpContext context)
    {
        var body = new RecordedBody(context);
        context.Features.Set(body);
        context.Request.Body = body;

        // The server's own pipe would bypass the record; this one reads Request.Body.
        context.Features.Set<IRequestBodyPipeFeature>(new RequestBodyPipeFeature(context));
        return body;
    }

    /// <summary>Reads the rest of the body and returns all of it, or the reason why it is not complete.</summary>
    /// <remarks>
    /// The handler then reads the body from its beginning. If middleware replaced the body, for example by a stream that decompresses it,
    /// that stream stays in place, because its content differs from what was sent.
    /// </remarks>
    public async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem, Exception? Fault)> CompleteAsync(
        int limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (!_isComplete && !_isDropped && _fault is null && Math.Max(_announced ?? 0, _received) <= limit)
            {
                var count = await _source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                Record(buffer, count, limit);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _fault ??= e;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (ProblemOf(limit) is { } problem)
        {
            return (default, problem, _fault);
        }

        var (bytes, length) = (_record.GetBuffer(), (int)_record.Length);
        if (ReferenceEquals(_context.Request.Body, this))
        {
            _context.Request.Body = new MemoryStream(bytes, 0, length, writable: false, publiclyVisible: true);
        }
        else if (_context.Request.Body.CanSeek)
        {
            _context.Request.Body.Position = 0;
        }

        return (bytes.AsMemory(0, length), null, null);
    }

    public override int Read(Span<byte> buffer)
    {
        if (TryHandOut(buffer, out var count))
        {
            return count;
        }

        try
        {
            count = _source.Read(buffer);
        }
        catch (Exception e)
        {
            _fault ??= e;
            throw;
        }

        return HandOut(buffer, count);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TryHandOut(buffer.Span, out var count))
        {
            return count;
        }

        try
        {
            count = await _source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The server may have dropped bytes, so the body never counts as complete.
            _fault ??= e;
            throw;
        }

        return HandOut(buffer.Span, count);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Recorded bytes that the reader has not had yet come first. At the end of the body the server is not asked again.
    private bool TryHandOut(Span<byte> buffer, out int count)
    {
        count = Math.Min(buffer.Length, (int)_record.Length - _handedOut);
        if (count <= 0)
        {
            count = 0;
            return _isComplete;
        }

        _record.GetBuffer().AsSpan(_handedOut, count).CopyTo(buffer);
        _handedOut += count;
        return true;
    }

    private int HandOut(Span<byte> buffer, int count)
    {
        Record(buffer, count, LimitNow());
        _handedOut += _isDropped ? 0 : count;
        return count;
    }

    private void Record(Span<byte> buffer, int count, int limit)
    {
        _isComplete |= count == 0 && buffer.Length > 0;
        _received += count;
        if (_isDropped || _received > limit)
        {
            // Too large, or an endpoint without keys: the body is only passed on.
            (_isDropped, _handedOut) = (true, 0);
            _record.SetLength(0);
            return;
        }

        _record.Write(buffer[..count]);
    }

    private int LimitNow() => _context.GetEndpoint() is not { } endpoint ? UnroutedLimit
        : endpoint.Metadata.GetMetadata<IdempotencyKeyMetadata>()?.Options.MaxRequest ?? 0;

    private Problem? ProblemOf(int limit) => this switch
    {
        _ when Math.Max(_announced ?? 0, _received) > limit => Problem.RequestTooLarge(limit),
        { _fault: BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } e } => Problem.RequestTooLarge(e.Message),
        { _fault: BadHttpRequestException e } => Problem.BodyIncomplete(e.StatusCode, e.Message),
        { _fault: IOException e } => Problem.BodyIncomplete(StatusCodes.Status400BadRequest, e.Message),
        { _fault: not null } or { _isDropped: true } or { _isComplete: false } => Problem.BodyUnavailable,
        _ when _announced is { } announced && announced != _received => Problem.BodyIncomplete(
            StatusCodes.Status400BadRequest,
            string.Create(CultureInfo.InvariantCulture, $"Content-Length is {announced} and {_received} bytes arrived.")),
        _ => null,
    };
}
