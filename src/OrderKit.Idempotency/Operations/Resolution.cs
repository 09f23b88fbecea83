namespace OrderKit.Idempotency;

/// <summary>Whether the effect of an interrupted operation happened.</summary>
public abstract record Resolution
{
    private Resolution()
    {
    }

    /// <summary>It happened; <paramref name="Result"/> is answered to everybody who asks again.</summary>
    public sealed record Done(ReadOnlyMemory<byte> Result) : Resolution;

    /// <summary>It did not happen, and will not: the operation may be begun again.</summary>
    public sealed record NotDone : Resolution;

    /// <summary>Nobody knows yet.</summary>
    public sealed record StillUnknown : Resolution;
}
