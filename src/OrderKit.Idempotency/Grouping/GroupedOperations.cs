using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>
/// Runs operations once, many of them in one transaction: callers at the same time share a commit, and each has its own outcome.
/// </summary>
/// <remarks>
/// Safe for any number of callers. While one transaction is written the next one gathers, so a lone caller never waits for others. An
/// outcome means that the effect is durable. Use it for many small effects at once; see <see cref="Operations"/> for those in your own
/// transaction and for those outside the store.
/// </remarks>
public sealed class GroupedOperations : IAsyncDisposable, IDisposable
{
    private readonly OperationGroups<GroupedOperation> _groups;

    /// <summary>Creates the service; hosts with a container get it from there.</summary>
    public GroupedOperations(
        IOperationStore store, IUnitOfWorkFactory units, IOptions<GroupedOperationsOptions>? options = null,
        TimeProvider? timeProvider = null,
        ILogger<GroupedOperations>? logger = null) =>
        _groups = new OperationGroups<GroupedOperation>(
            store, units, null, options?.Value ?? new GroupedOperationsOptions(), static (run, operation) => operation.ActAsync(run),
            timeProvider: timeProvider, logger: logger);

    /// <summary>
    /// Runs an operation in a transaction that others share: its claim, effect and result take effect together or not at all.
    /// </summary>
    /// <param name="key">Identifies the request.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="codec">How the result is stored.</param>
    /// <param name="effect">
    /// Writes in the unit of work and nowhere else, and soon: the others wait for it, and it runs again in another unit when something in
    /// its unit fails. It throws an <see cref="OperationFailedException"/>, before it writes anything, to fail for good. Any other
    /// exception reaches this caller only and leaves nothing of the effect. Its token is cancelled only after
    /// <see cref="GroupedOperationsOptions.EffectTimeout"/>.
    /// </param>
    /// <param name="policy">How long it is kept; the defaults where none is given.</param>
    /// <param name="cancellationToken">Takes the request back while it waits. A request that is being written is finished.</param>
    /// <exception cref="CommitOutcomeUnknownException">
    /// The commit's answer was lost, and nothing of it was found: repeat the request.
    /// </exception>
    /// <exception cref="ContentionException">Another transaction held a row that the effect needs for more than 5 seconds.</exception>
    /// <exception cref="TimeoutException">The effect did not end in time; nothing of it is kept.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    public async Task<OperationOutcome<T>> RunAsync<T>(
        OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken, Task<T>> effect,
        OperationPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy = Operations.Require(key, fingerprint, codec, effect, policy);
        var operation = new GroupedOperation<T>(key, codec, effect, policy)
        {
            Requests = [new OperationRequest(key, fingerprint, Guid.NewGuid())],
            Terms = Operations.JoinedTerms(policy),
        };
        await _groups.SubmitAsync(operation, cancellationToken).ConfigureAwait(false);
        return operation.Outcome!;
    }

    /// <summary>Takes no further requests, and writes those that wait.</summary>
    public ValueTask DisposeAsync() => _groups.DisposeAsync();

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
