using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>How a request to run an operation ended.</summary>
/// <typeparam name="T">The result.</typeparam>
public abstract record OperationOutcome<T>
{
    private OperationOutcome()
    {
    }

    /// <summary>The effect was written now.</summary>
    /// <param name="Result">The result.</param>
    /// <param name="State">Whether it is durable, or becomes durable when the host commits.</param>
    public sealed record Applied(T Result, CommitState State) : OperationOutcome<T>;

    /// <summary>The same request was processed before; nothing was done again.</summary>
    /// <param name="Result">The stored result.</param>
    /// <param name="FirstAt">When it was processed.</param>
    public sealed record Duplicate(T Result, DateTimeOffset FirstAt) : OperationOutcome<T>;

    /// <summary>Another caller processes the request now, or it waits for its next attempt.</summary>
    /// <param name="RetryAfter">When to repeat the request.</param>
    public sealed record Running(TimeSpan RetryAfter) : OperationOutcome<T>;

    /// <summary>Another request has the same key; nothing was done.</summary>
    /// <param name="Fields">The fields that differ.</param>
    public sealed record Mismatch(IReadOnlyList<string> Fields) : OperationOutcome<T>;

    /// <summary>It failed for good, now or before.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="FailedAt">When; <see langword="null"/> if it failed now.</param>
    public sealed record Failed(string Error, DateTimeOffset? FailedAt) : OperationOutcome<T>;

    /// <summary>It was interrupted, and nobody knows whether its effect happened. It waits for a decision before it runs again.</summary>
    /// <param name="Reason">What is known.</param>
    public sealed record Held(string Reason) : OperationOutcome<T>;
}
