namespace OrderKit.Idempotency;

/// <summary>The state of an operation.</summary>
public enum OperationState : byte
{
    /// <summary>A worker runs it under a lease.</summary>
    Running = 1,

    /// <summary>Its effect happened; repeated requests get its result.</summary>
    Succeeded = 2,

    /// <summary>It failed for good; repeated requests get the failure.</summary>
    Failed = 3,

    /// <summary>It failed without an effect and waits for its next attempt.</summary>
    Waiting = 4,

    /// <summary>Its worker is gone, and nobody knows whether its effect happened.</summary>
    Unknown = 5,
}
