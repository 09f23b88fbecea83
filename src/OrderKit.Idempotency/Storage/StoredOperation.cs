namespace OrderKit.Idempotency.Storage;

/// <summary>An operation as the store has it, judged by the store's clock.</summary>
public sealed record StoredOperation
{
    /// <summary>What identifies it.</summary>
    public required OperationKey Key { get; init; }

    /// <summary>What was asked for.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>Where it stands.</summary>
    public required OperationState State { get; init; }

    /// <summary>Fences a claim: a later claim of the same row has a higher one.</summary>
    public required long Epoch { get; init; }

    /// <summary>Who claimed it last: drawn anew for each claim, so that a claim is known even where its row was swept and made again.</summary>
    public required Guid Owner { get; init; }

    /// <summary>How often it was begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>For a running one the end of the lease, for a waiting one the instant from which it may be tried again.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Whether that instant has passed.</summary>
    public bool IsLapsed { get; init; }

    /// <summary>The last recovery point that was reached.</summary>
    public string? Step { get; init; }

    /// <summary>What was kept at that recovery point.</summary>
    public ReadOnlyMemory<byte> StepContent { get; init; }

    /// <summary>The result.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>When it was first claimed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it succeeded or failed.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Until when it is answered again.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether that instant has passed; the row is then as good as none.</summary>
    public bool IsExpired { get; init; }

    /// <summary>How long until a running or waiting one may be taken, by the store's clock; zero where it may.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>The key that its worker passes on, for a resolver that asks whoever got it; see <see cref="LeasedOperation.DownstreamKey"/>.</summary>
    public string DownstreamKey(string name) => DownstreamKeys.Of(Key, name);

    internal OperationClaim Claim => new(Key, Epoch, Owner, Attempts, Step, StepContent);
}
