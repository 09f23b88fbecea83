namespace OrderKit.StateMachine;

/// <summary>What a trigger does from one state.</summary>
internal enum RuleKind : byte
{
    /// <summary>Nothing is said: a command is refused, another facet's trigger passes by.</summary>
    None = 0,
    Move,
    Branch,
    Stay,
    Same,
    Late,
    Leap,
    Clash,
    Contradicts,
}

/// <summary>A rule in the form that decisions read.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Target">The number of the state entered.</param>
/// <param name="Case">The bit of the case that a contradiction opens.</param>
/// <param name="Branches">The branches of <see cref="RuleKind.Branch"/>.</param>
internal readonly record struct CompiledRule(RuleKind Kind, byte Target, uint Case, CompiledBranch[]? Branches);

/// <summary>A branch; a target of <see cref="Stays"/> stays.</summary>
internal readonly record struct CompiledBranch(OrderPredicate? Condition, byte Target)
{
    public const byte Stays = 255;
}

/// <summary>A condition with a bit of the model.</summary>
internal readonly record struct CompiledCondition(OrderPredicate Condition, ulong Bit);

/// <summary>A hold that a trigger releases by itself.</summary>
internal readonly record struct CompiledRelease(OrderPredicate? Condition, uint Bit);

/// <summary>A trigger in the form that decisions read.</summary>
internal sealed class CompiledTrigger
{
    public required OrderModel.TriggerInfo Info { get; init; }

    public required int Row { get; init; }

    public required int Home { get; init; }

    public required bool IsStatusReport { get; init; }

    public required bool NeedsNoHold { get; init; }

    public required bool PlacesHolds { get; init; }

    public required bool ReleasesHolds { get; init; }

    public required CompiledRelease[] Releases { get; init; }

    public bool ChangesHolds => PlacesHolds || ReleasesHolds || Releases.Length != 0;

    public required uint Revoked { get; init; }

    public required int Landing { get; init; }

    /// <summary>The bit of the anchor that it claims.</summary>
    public required uint LandingAnchor { get; init; }

    public required CounterRule? First { get; init; }

    public required CounterRule? Second { get; init; }

    public bool HasConditionalSum => First?.Condition is not null || Second?.Condition is not null;

    public required CompiledCondition[] Guards { get; init; }

    public required CompiledCondition[] Contradictions { get; init; }

    public required int[] Followers { get; init; }
}
