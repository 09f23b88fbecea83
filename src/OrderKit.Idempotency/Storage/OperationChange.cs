namespace OrderKit.Idempotency.Storage;

/// <summary>A change of a claimed operation. It is written only if epoch, owner and state still match.</summary>
public sealed record OperationChange
{
    /// <summary>The operation.</summary>
    public required OperationKey Key { get; init; }

    /// <summary>The epoch of the claim.</summary>
    public required long Epoch { get; init; }

    /// <summary>The owner of the claim.</summary>
    public required Guid Owner { get; init; }

    /// <summary>The current state that is required.</summary>
    public required OperationState From { get; init; }

    /// <summary>The new state. The same state renews the lease.</summary>
    public required OperationState To { get; init; }

    /// <summary>How long the lease, the retry delay or the retention of the result lasts from now.</summary>
    public required TimeSpan Span { get; init; }

    /// <summary>Whether to write only if the lease has lapsed, under a new epoch. For callers that did not make the claim.</summary>
    public bool OnlyIfLapsed { get; init; }

    /// <summary>The result.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>The error, if it failed.</summary>
    public string? Error { get; init; }

    /// <summary>The recovery point that was reached; <see langword="null"/> keeps the last one.</summary>
    public string? Step { get; init; }

    /// <summary>The data stored at that recovery point.</summary>
    public ReadOnlyMemory<byte> StepContent { get; init; }

    internal static OperationChange Of(OperationClaim claim, OperationState from, OperationState to, TimeSpan span) =>
        new() { Key = claim.Key, Epoch = claim.Epoch, Owner = claim.Owner, From = from, To = to, Span = span };
}
