namespace OrderKit.Idempotency;

/// <summary>The state of a suspected duplicate. The numbers are stored.</summary>
public enum SuspicionState
{
    /// <summary>The order continued with a label.</summary>
    Labelled = 0,

    /// <summary>The order waits for a person.</summary>
    Held = 1,

    /// <summary>A person released the order, because two orders were meant.</summary>
    Released = 2,

    /// <summary>A person released the order to be shipped with the earlier one.</summary>
    Merged = 3,

    /// <summary>A person voided the order.</summary>
    Voided = 4,

    /// <summary>Nobody decided in time, and the order was released automatically.</summary>
    Lapsed = 5,
}
