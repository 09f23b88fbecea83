using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>What became of a fact that was delivered; whatever it is, it is durable.</summary>
public abstract record IntakeResult
{
    private IntakeResult()
    {
    }

    /// <summary>It was fired now.</summary>
    /// <param name="Fired">What the lifecycle made of it. A conflict, and a command that cannot be decided, leave no claim: deliver it again.</param>
    public sealed record Taken(FireResult Fired) : IntakeResult
    {
        /// <summary>Why it did not land; <see langword="null"/> where it did.</summary>
        public string? Refusal => RefusalOf(Fired);

        /// <summary>Whether it, or a part of it, was not written: another writer was first, or it cannot be decided yet.</summary>
        internal bool IsUndone => IsUndoneOf(Fired);

        /// <summary>Whether another writer was first.</summary>
        internal bool IsConflict => IsConflictOf(Fired);

        private static string? RefusalOf(FireResult fired) => fired switch
        {
            FireResult.Rejected rejected => rejected.Message,
            FireResult.GuardFailed guarded => $"These guards stand in the way: {string.Join(", ", guarded.Guards)}.",
            FireResult.Several several => several.Results.Select(RefusalOf).FirstOrDefault(static refusal => refusal is not null),
            _ => null,
        };

        private static bool IsUndoneOf(FireResult fired) =>
            fired is FireResult.Unresolved || IsConflictOf(fired) || (fired is FireResult.Several several && several.Results.Any(IsUndoneOf));

        private static bool IsConflictOf(FireResult fired) =>
            fired is FireResult.Conflict || (fired is FireResult.Several several && several.Results.Any(IsConflictOf));
    }

    /// <summary>It had been fired before.</summary>
    /// <param name="FirstAt">When.</param>
    /// <param name="Refusal">Why it did not land then; <see langword="null"/> where it did.</param>
    public sealed record Repeated(DateTimeOffset FirstAt, string? Refusal) : IntakeResult;

    /// <summary>Something else came under the same key; nothing was done.</summary>
    /// <param name="Fields">The fields that differ.</param>
    public sealed record Mismatch(IReadOnlyList<string> Fields) : IntakeResult;

    /// <summary>The key belongs to an operation that is done under a lease elsewhere.</summary>
    /// <param name="RetryAfter">When to deliver it again.</param>
    public sealed record Elsewhere(TimeSpan RetryAfter) : IntakeResult;
}
