namespace OrderKit.Core.Storage;

/// <summary>A message of the outbox or inbox that was claimed.</summary>
/// <param name="Id">The row's own number.</param>
/// <param name="Attempt">1 for the first time that the message is handed over. Claiming a message uses no attempt.</param>
/// <param name="Epoch">Fences the claim: a later claim of the same row has a higher one.</param>
public abstract record MessageDelivery(long Id, int Attempt, long Epoch)
{
    /// <summary>When the message was written or accepted, by the store's clock.</summary>
    public DateTimeOffset FirstAt { get; init; }

    /// <summary>How long it had waited when it was claimed, by the store's clock.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Whether the claim before this one lapsed: the process that held the message may have died of it.</summary>
    public bool IsTakenOver { get; init; }

    /// <summary>The destination or consumer.</summary>
    public abstract string Name { get; }

    /// <summary>The tenant.</summary>
    public abstract TenantId Tenant { get; }

    /// <summary>The lane.</summary>
    public abstract string Lane { get; }

    /// <summary>The message's own id.</summary>
    public abstract string MessageId { get; }

    /// <summary>The kind of message.</summary>
    public abstract string Type { get; }

    /// <summary>The bytes of the message.</summary>
    public abstract ReadOnlyMemory<byte> Body { get; }
}
