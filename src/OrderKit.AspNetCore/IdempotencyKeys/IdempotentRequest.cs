using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>What the handler of a request with an <c>Idempotency-Key</c> needs. Handlers take it as a parameter.</summary>
/// <remarks>Belongs to one request; not safe for several threads.</remarks>
public sealed class IdempotentRequest
{
    private readonly Func<string, string> _downstreamKey;
    private readonly UnitOfWork? _unitOfWork;
    private readonly LeasedOperation? _leased;

    private IdempotentRequest(
        string? key, Func<string, string> downstreamKey, UnitOfWork? unitOfWork = null, LeasedOperation? leased = null) =>
        (Key, _downstreamKey, _unitOfWork, _leased) = (key, downstreamKey, unitOfWork, leased);

    /// <summary>The key without quotes; <see langword="null"/> if it is optional and was not sent.</summary>
    public string? Key { get; }

    /// <summary>1 for the first attempt; more for a leased request that runs again.</summary>
    public int Attempt => _leased?.Attempt ?? 1;

    /// <summary>
    /// The transaction of a joined request, for everything that the handler writes. It is committed after the handler, together with the
    /// response, and before the response is sent.
    /// </summary>
    /// <remarks>With a SQL store it is a <c>SqlUnitOfWork</c>, whose <c>Transaction</c> the host can use for its own statements.</remarks>
    /// <exception cref="InvalidOperationException">The endpoint is leased.</exception>
    public UnitOfWork UnitOfWork
    {
        get
        {
            WasJoined = true;
            return _unitOfWork ?? throw new InvalidOperationException(
                "This endpoint is leased and has no transaction. Map it with RequireIdempotencyKey(o => o.Mode = IdempotencyMode.Joined), "
                + "or begin your own transaction.");
        }
    }

    internal bool WasJoined { get; private set; }

    internal bool SaysNothingHappened { get; private set; }

    /// <summary>Returns the request of the current endpoint, for handlers that do not take it as a parameter.</summary>
    /// <exception cref="InvalidOperationException">The endpoint has no <c>RequireIdempotencyKey</c>.</exception>
    public static IdempotentRequest Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<IdempotentRequest>() ?? throw new InvalidOperationException(
            "The handler takes an IdempotentRequest, but its endpoint is not mapped with RequireIdempotencyKey(), or it handles a "
            + "safe method such as GET.");
    }

    /// <summary>Binds it as a parameter of a minimal API.</summary>
    [SuppressMessage("Usage", "MA0042", Justification = "There is nothing to await.")]
    public static ValueTask<IdempotentRequest> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>Encodes a response for a resolver or an operator who knows the outcome of an interrupted request.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="contentType">The media type of the body.</param>
    /// <param name="body">The body.</param>
    public static ReadOnlyMemory<byte> ResultOf(int status, string? contentType = null, ReadOnlyMemory<byte> body = default) =>
        new KeptResponse(status, contentType is null ? [] : [("Content-Type", contentType)], body).Encode();

    /// <summary>Returns a key for a further call. It is the same whenever this request is repeated.</summary>
    public string DownstreamKey(string name) => _downstreamKey(name);

    /// <summary>
    /// Runs a step once: a later attempt takes the result of the step from the store. For leased requests only; see
    /// <see cref="LeasedOperation.StepAsync"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The endpoint is joined: all it does is one step.</exception>
    public Task<T> StepAsync<T>(
        string name, ResultCodec<T> codec, Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(act);
        return _unitOfWork is not null
            ? throw new InvalidOperationException("This endpoint is joined: its one transaction is its one step. Write in its UnitOfWork.")
            : _leased is null ? act(cancellationToken)
            : _leased.StepAsync(name, codec, act, cancellationToken);
    }

    /// <summary>
    /// Declares that this attempt had no effect and will have none. If it then throws, or returns 500 or above, the same key may run again
    /// after a delay.
    /// </summary>
    public void NothingHappened() => SaysNothingHappened = true;

    internal static IdempotentRequest Joined(JoinedOperation operation) =>
        new(operation.Key.Key, operation.DownstreamKey, operation.UnitOfWork);

    internal static IdempotentRequest Leased(LeasedOperation operation) =>
        new(operation.Key.Key, operation.DownstreamKey, leased: operation);

    internal static IdempotentRequest WithoutKey(UnitOfWork? unitOfWork)
    {
        var operation = new JoinedOperation(null!, OperationKey.Of("http", Guid.NewGuid().ToString("N")));
        return new(null, operation.DownstreamKey, unitOfWork);
    }
}
