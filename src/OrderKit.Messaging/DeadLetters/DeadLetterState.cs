namespace OrderKit.Messaging;

/// <summary>What became of a dead letter.</summary>
public enum DeadLetterState : byte
{
    /// <summary>It waits for somebody to decide.</summary>
    Dead = 0,

    /// <summary>It was sent on its way again, under its own id.</summary>
    Redriven = 1,

    /// <summary>Somebody gave it up, and said why.</summary>
    Discarded = 2,
}
