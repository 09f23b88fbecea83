namespace OrderKit.Idempotency.Storage;

/// <summary>How a claimed operation goes on. It is written only where epoch, owner and state are still those.</summary>
public sealed record OperationChange
{
    /// <summary>The operation.</summary>
    public required OperationKey Key { get; init; }

    /// <summary>The epoch of the claim.</summary>
    public required long Epoch { get; init; }

    /// <summary>The owner of the claim.</summary>
    public required Guid Owner { get; init; }

    /// <summary>The state in which it must be.</summary>
    public required OperationState From { get; init; }

    /// <summary>The state in which it is then; the same one renews the lease.</summary>
    public required OperationState To { get; init; }

    /// <summary>How long the lease, the pause or the answer lasts from now.</summary>
    public required TimeSpan Span { get; init; }

    /// <summary>Whether it is written only if the lease has lapsed, under a new epoch: for whoever did not make the claim.</summary>
    public bool OnlyIfLapsed { get; init; }

    /// <summary>The result.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>The recovery point that was reached; <see langword="null"/> leaves the last one.</summary>
    public string? Step { get; init; }

    /// <summary>What is kept there.</summary>
    public ReadOnlyMemory<byte> StepContent { get; init; }

    internal static OperationChange Of(OperationClaim claim, OperationState from, OperationState to, TimeSpan span) =>
        new() { Key = claim.Key, Epoch = claim.Epoch, Owner = claim.Owner, From = from, To = to, Span = span };
}
