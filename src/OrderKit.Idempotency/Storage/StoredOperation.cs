namespace OrderKit.Idempotency.Storage;

/// <summary>A stored operation, judged by the store's clock.</summary>
public sealed record StoredOperation
{
    /// <summary>The key of the operation.</summary>
    public required OperationKey Key { get; init; }

    /// <summary>The fingerprint of the request's content.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>The current state.</summary>
    public required OperationState State { get; init; }

    /// <summary>The fencing number of the claim: a later claim of the same row has a higher one.</summary>
    public required long Epoch { get; init; }

    /// <summary>The random id of the last claim. It identifies a claim even if its row was swept and created again.</summary>
    public required Guid Owner { get; init; }

    /// <summary>The number of attempts so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>The end of the lease if running; the time of the next attempt if waiting.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Whether <see cref="LeaseUntil"/> has passed.</summary>
    public bool IsLapsed { get; init; }

    /// <summary>The last recovery point that was reached.</summary>
    public string? Step { get; init; }

    /// <summary>The data stored at that recovery point.</summary>
    public ReadOnlyMemory<byte> StepContent { get; init; }

    /// <summary>The result.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>The error, if it failed.</summary>
    public string? Error { get; init; }

    /// <summary>When it was first claimed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it succeeded or failed.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The time until which the result is returned to repeated requests.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether <see cref="ExpiresAt"/> has passed. The row then counts as absent.</summary>
    public bool IsExpired { get; init; }

    /// <summary>
    /// How long until a running or waiting operation may be claimed, by the store's clock; zero if it may be claimed now.
    /// </summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>
    /// The key that the worker passes to a downstream system, for a resolver that asks that system; see
    /// <see cref="LeasedOperation.DownstreamKey"/>.
    /// </summary>
    public string DownstreamKey(string name) => DownstreamKeys.Of(Key, name);

    internal OperationClaim Claim => new(Key, Epoch, Owner, Attempts, Step, StepContent);
}
