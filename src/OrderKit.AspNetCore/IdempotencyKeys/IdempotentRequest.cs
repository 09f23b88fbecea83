using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>What the handler of a request with an <c>Idempotency-Key</c> needs: take it as a parameter.</summary>
/// <remarks>Belongs to one request; not safe for several threads.</remarks>
public sealed class IdempotentRequest
{
    private readonly Func<string, string> _downstreamKey;
    private readonly UnitOfWork? _unitOfWork;
    private readonly LeasedOperation? _leased;

    private IdempotentRequest(string? key, Func<string, string> downstreamKey, UnitOfWork? unitOfWork = null, LeasedOperation? leased = null) =>
        (Key, _downstreamKey, _unitOfWork, _leased) = (key, downstreamKey, unitOfWork, leased);

    /// <summary>The key as the caller meant it, without quotes; <see langword="null"/> where it was optional and not sent.</summary>
    public string? Key { get; }

    /// <summary>1 for the first attempt; more for a leased request that is begun again.</summary>
    public int Attempt => _leased?.Attempt ?? 1;

    /// <summary>The transaction of a joined request, for everything that the handler writes. It is committed after the handler, with the answer, and before the answer is sent.</summary>
    /// <remarks>Over SQL it is a <c>SqlUnitOfWork</c>, whose <c>Transaction</c> takes statements of the host's own.</remarks>
    /// <exception cref="InvalidOperationException">The endpoint is leased.</exception>
    public UnitOfWork UnitOfWork
    {
        get
        {
            WasJoined = true;
            return _unitOfWork ?? throw new InvalidOperationException(
                "This endpoint is leased and has no transaction. Map it with RequireIdempotencyKey(o => o.Mode = IdempotencyMode.Joined), or begin a transaction of your own.");
        }
    }

    internal bool WasJoined { get; private set; }

    internal bool SaysNothingHappened { get; private set; }

    /// <summary>The request that an endpoint with <c>RequireIdempotencyKey</c> is handling, for handlers that do not take it as a parameter.</summary>
    /// <exception cref="InvalidOperationException">The endpoint has no <c>RequireIdempotencyKey</c>.</exception>
    public static IdempotentRequest Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<IdempotentRequest>() ?? throw new InvalidOperationException(
            "The handler takes an IdempotentRequest, and its endpoint is not mapped with RequireIdempotencyKey(), or it answers a safe method such as GET.");
    }

    /// <summary>Lets a minimal API bind it as a parameter.</summary>
    [SuppressMessage("Usage", "MA0042", Justification = "There is nothing to await.")]
    public static ValueTask<IdempotentRequest> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>The bytes of an answer as they are kept: for a resolver, or an operator, who knows what came of an interrupted request.</summary>
    /// <param name="status">The status.</param>
    /// <param name="contentType">The type of the body.</param>
    /// <param name="body">The body.</param>
    public static ReadOnlyMemory<byte> ResultOf(int status, string? contentType = null, ReadOnlyMemory<byte> body = default) =>
        new KeptResponse(status, contentType is null ? [] : [("Content-Type", contentType)], body).Encode();

    /// <summary>A key for a further call, the same whenever this request is repeated.</summary>
    public string DownstreamKey(string name) => _downstreamKey(name);

    /// <summary>Does a part once: an attempt that comes after it takes what the part gave from the store. Only for leased requests; see <see cref="LeasedOperation.StepAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is joined: what it does is one step.</exception>
    public Task<T> StepAsync<T>(string name, ResultCodec<T> codec, Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(act);
        return _unitOfWork is not null ? throw new InvalidOperationException("This endpoint is joined: its one transaction is its one step.")
            : _leased is null ? act(cancellationToken)
            : _leased.StepAsync(name, codec, act, cancellationToken);
    }

    /// <summary>Says that this attempt had no effect and will have none: if it now throws, or answers with 500 or above, the same key may run again after a pause.</summary>
    public void NothingHappened() => SaysNothingHappened = true;

    internal static IdempotentRequest Joined(JoinedOperation operation) => new(operation.Key.Key, operation.DownstreamKey, operation.UnitOfWork);

    internal static IdempotentRequest Leased(LeasedOperation operation) => new(operation.Key.Key, operation.DownstreamKey, leased: operation);

    internal static IdempotentRequest WithoutKey(UnitOfWork? unitOfWork)
    {
        var operation = new JoinedOperation(null!, OperationKey.Of("http", Guid.NewGuid().ToString("N")));
        return new(null, operation.DownstreamKey, unitOfWork);
    }
}
