using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>A worker wanted to finish an operation that was no longer its own: another one has taken over, and this one's writes must not be committed.</summary>
public sealed class OperationLostException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public OperationLostException()
        : this("The operation is no longer this worker's.")
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public OperationLostException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and a cause.</summary>
    public OperationLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the exception for a claim.</summary>
    public OperationLostException(OperationClaim claim)
        : this($"The operation {claim?.Key} is no longer this worker's (epoch {claim?.Epoch}): its lease lapsed and it was taken over. What was written in this unit of work must be rolled back.") => Claim = claim;

    /// <summary>The claim that was lost.</summary>
    public OperationClaim? Claim { get; }
}
