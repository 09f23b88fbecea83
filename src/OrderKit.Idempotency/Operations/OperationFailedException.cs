namespace OrderKit.Idempotency;

/// <summary>Thrown by an effect that failed for good and wrote nothing. The failure is stored, and repeated requests get it.</summary>
public sealed class OperationFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OperationFailedException()
        : this("The operation failed for good.")
    {
    }

    /// <summary>Creates the exception with the text that is stored.</summary>
    public OperationFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the stored text and a cause, which is not stored.</summary>
    public OperationFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
