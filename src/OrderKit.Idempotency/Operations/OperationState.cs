namespace OrderKit.Idempotency;

/// <summary>Where an operation stands.</summary>
public enum OperationState : byte
{
    /// <summary>Somebody works on it under a lease.</summary>
    Running = 1,

    /// <summary>Its effect happened; its result is answered to everybody who asks again.</summary>
    Succeeded = 2,

    /// <summary>It failed for good; the failure is answered to everybody who asks again.</summary>
    Failed = 3,

    /// <summary>It failed without an effect and may be tried again.</summary>
    Waiting = 4,

    /// <summary>Whoever worked on it is gone, and nobody knows whether its effect happened.</summary>
    Unknown = 5,
}
