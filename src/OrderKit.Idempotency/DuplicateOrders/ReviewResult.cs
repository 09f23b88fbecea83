using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>What became of a decision about a held order.</summary>
public abstract record ReviewResult
{
    private ReviewResult()
    {
    }

    /// <summary>It was decided now.</summary>
    public sealed record Decided : ReviewResult;

    /// <summary>It had been decided so before; nothing was written.</summary>
    /// <param name="Act">The decision that stands.</param>
    public sealed record DecidedBefore(DuplicateAct Act) : ReviewResult;

    /// <summary>It had been decided otherwise before; nothing was written.</summary>
    /// <param name="Act">The decision that stands.</param>
    public sealed record DecidedOtherwise(DuplicateAct Act) : ReviewResult;

    /// <summary>The order was never held.</summary>
    public sealed record NotHeld : ReviewResult;
}
