using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Thrown when a worker finishes an operation that another worker has taken over. Its writes must not be committed.</summary>
public sealed class OperationLostException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public OperationLostException()
        : this("Another worker has taken the operation over.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public OperationLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public OperationLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a claim.</summary>
    public OperationLostException(OperationClaim claim)
        : this(
            $"Another worker has taken over the operation {claim?.Key}, since the lease of epoch {claim?.Epoch} lapsed. "
            + "Roll back what was written in this unit of work.") => Claim = claim;

    /// <summary>The claim that was lost.</summary>
    public OperationClaim? Claim { get; }
}
