using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>What a request to do something once came to.</summary>
/// <typeparam name="T">The result.</typeparam>
public abstract record OperationOutcome<T>
{
    private OperationOutcome()
    {
    }

    /// <summary>It was done now.</summary>
    /// <param name="Result">The result.</param>
    /// <param name="State">Whether it is durable, or is so when the host commits.</param>
    public sealed record Executed(T Result, CommitState State) : OperationOutcome<T>;

    /// <summary>It had been done before.</summary>
    /// <param name="Result">The result of then.</param>
    /// <param name="FirstAt">When it was done.</param>
    public sealed record Replayed(T Result, DateTimeOffset FirstAt) : OperationOutcome<T>;

    /// <summary>Somebody is at it, or it waits to be tried again.</summary>
    /// <param name="RetryAfter">When to ask again.</param>
    public sealed record Running(TimeSpan RetryAfter) : OperationOutcome<T>;

    /// <summary>Something else was asked for under the same key; nothing was done.</summary>
    /// <param name="Fields">The fields that differ.</param>
    public sealed record Mismatch(IReadOnlyList<string> Fields) : OperationOutcome<T>;

    /// <summary>It failed for good, now or before.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="FailedAt">When; <see langword="null"/> where it was now.</param>
    public sealed record Failed(string Error, DateTimeOffset? FailedAt) : OperationOutcome<T>;

    /// <summary>It was interrupted, and nobody knows whether it was done: it is not begun again before somebody says.</summary>
    /// <param name="Reason">What is known.</param>
    public sealed record Held(string Reason) : OperationOutcome<T>;
}
