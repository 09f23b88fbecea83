using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>The result of a decision about a held order.</summary>
public abstract record ReviewResult
{
    private ReviewResult()
    {
    }

    /// <summary>The decision was written now.</summary>
    public sealed record Applied : ReviewResult;

    /// <summary>The same decision was made before. Nothing was written.</summary>
    /// <param name="Act">The decision that stands.</param>
    public sealed record Duplicate(DuplicateAct Act) : ReviewResult;

    /// <summary>A different decision was made before. Nothing was written.</summary>
    /// <param name="Act">The decision that stands.</param>
    public sealed record Mismatch(DuplicateAct Act) : ReviewResult;

    /// <summary>The order was never held. Nothing was written.</summary>
    public sealed record NotFound : ReviewResult;
}
