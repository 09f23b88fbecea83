namespace OrderKit.StateMachine;

/// <summary>What of a timeline's entry deserves a second look.</summary>
[Flags]
public enum TimelineMarks
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It told what was known already.</summary>
    Repeated = 1,

    /// <summary>The order was past it.</summary>
    Late = 2,

    /// <summary>It came before what should precede it.</summary>
    Early = 4,

    /// <summary>It contradicts the order.</summary>
    Contradictory = 8,

    /// <summary>A command that was refused.</summary>
    Refused = 16,

    /// <summary>By its source's clock it happened before something that precedes it.</summary>
    ClockBackward = 32,

    /// <summary>By its source's clock it happened in our future.</summary>
    ClockAhead = 64,

    /// <summary>We heard of it much later than it happened.</summary>
    LateFact = 128,

    /// <summary>By its source's clock it is years old: a clock or a conversion is wrong.</summary>
    YearsOld = 256,

    /// <summary>Those that somebody must look into.</summary>
    Anomalies = Contradictory | ClockBackward | ClockAhead | YearsOld,
}
