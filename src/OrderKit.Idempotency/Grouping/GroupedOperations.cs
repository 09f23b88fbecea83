using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Does things once, and many of them in one transaction: whoever asks at the same time shares a commit, and each has a fate of its own.</summary>
/// <remarks>
/// Safe for any number of callers. While one transaction is written the next one gathers, so a lone caller never waits for company. An
/// answer means that the effect is durable. For many small effects at once; see <see cref="Operations"/> for those in your own transaction
/// and for those outside the store.
/// </remarks>
public sealed class GroupedOperations : IAsyncDisposable
{
    private readonly OperationGroups _groups;

    /// <summary>Makes the service; hosts with a container get it from there.</summary>
    public GroupedOperations(
        IOperationStore store, IUnitOfWorkFactory units, IOptions<GroupedOperationsOptions>? options = null, TimeProvider? timeProvider = null, ILogger<GroupedOperations>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(units);
        _groups = new OperationGroups(
            store, units, options?.Value ?? new GroupedOperationsOptions(), timeProvider ?? TimeProvider.System, logger ?? NullLogger<GroupedOperations>.Instance);
    }

    /// <summary>Does something in a transaction that others share: claim, effect and result of each stand or fall together.</summary>
    /// <param name="key">What identifies the request.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="codec">How the result is kept.</param>
    /// <param name="effect">
    /// Does it, by writing in the unit of work and in nothing else, and soon: the others wait for it, and it is done again in another unit
    /// when something in its unit fails. A failure for good is an <see cref="OperationFailedException"/>, thrown before anything is
    /// written; another exception reaches this caller alone and leaves nothing of its effect. Its token is never cancelled.
    /// </param>
    /// <param name="policy">How long it is kept; the defaults where none is given.</param>
    /// <param name="cancellationToken">Takes the request back while it waits. Once it is being written it is finished, and its outcome told.</param>
    /// <exception cref="CommitOutcomeUnknownException">The commit's answer was lost, and nothing of it was found: repeat the request.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    public async Task<OperationOutcome<T>> RunAsync<T>(
        OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken, Task<T>> effect,
        OperationPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy = Operations.Require(key, fingerprint, codec, effect, policy);
        var operation = new GroupedOperation<T>(key, fingerprint, codec, effect, policy);
        await _groups.SubmitAsync(operation, cancellationToken).ConfigureAwait(false);
        return operation.Outcome!;
    }

    /// <summary>Takes no further requests, and writes those that wait.</summary>
    public ValueTask DisposeAsync() => _groups.DisposeAsync();
}
