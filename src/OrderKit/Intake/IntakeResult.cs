using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>What became of a fact. Every result but <see cref="Conflict"/> and <see cref="Running"/> is durable.</summary>
public abstract record IntakeResult
{
    private IntakeResult()
    {
    }

    /// <summary>Its effect was written now.</summary>
    /// <param name="Fired">The result of the lifecycle.</param>
    public sealed record Applied(FireResult Fired) : IntakeResult;

    /// <summary>The same fact was processed before; nothing was done again.</summary>
    /// <param name="FirstAt">When it was processed; <see langword="null"/> where the order got the same fact on another path.</param>
    /// <param name="Refusal">Why it was refused then; <see langword="null"/> where it was not.</param>
    public sealed record Duplicate(DateTimeOffset? FirstAt, string? Refusal) : IntakeResult;

    /// <summary>It cannot be decided yet. It is kept and applied later.</summary>
    /// <param name="Fired">The result of the lifecycle.</param>
    public sealed record Parked(FireResult Fired) : IntakeResult;

    /// <summary>
    /// A rule refused it. A command that could not be decided (<see cref="FireResult.Unresolved"/>) leaves no claim: send it again.
    /// </summary>
    /// <param name="Fired">The result of the lifecycle.</param>
    /// <param name="Refusal">Why.</param>
    public sealed record Rejected(FireResult Fired, string Refusal) : IntakeResult;

    /// <summary>Other writers of its order were first, again and again; it left no claim. Send it again.</summary>
    /// <param name="Fired">The result of the lifecycle.</param>
    public sealed record Conflict(FireResult Fired) : IntakeResult;

    /// <summary>Another content has the same key; nothing was done.</summary>
    /// <param name="Fields">The fields that differ.</param>
    public sealed record Mismatch(IReadOnlyList<string> Fields) : IntakeResult;

    /// <summary>Another caller processes the same key now.</summary>
    /// <param name="RetryAfter">When to send it again.</param>
    public sealed record Running(TimeSpan RetryAfter) : IntakeResult;
}
