namespace OrderKit.Idempotency;

/// <summary>Whether the effect of an interrupted operation happened.</summary>
public abstract record Resolution
{
    private Resolution()
    {
    }

    /// <summary>It happened; <paramref name="Result"/> is what repeated requests get.</summary>
    public sealed record Done(ReadOnlyMemory<byte> Result) : Resolution;

    /// <summary>It did not and will not happen: the operation may run again.</summary>
    public sealed record NotDone : Resolution;

    /// <summary>Nobody knows yet.</summary>
    public sealed record StillUnknown : Resolution;
}
