namespace OrderKit.Idempotency;

/// <summary>Thrown by an effect that failed for good and left nothing behind: the failure is kept and answered to everybody who asks again.</summary>
public sealed class OperationFailedException : Exception
{
    /// <summary>Makes the exception.</summary>
    public OperationFailedException()
        : this("The operation failed for good.")
    {
    }

    /// <summary>Makes the exception with the text that is kept and answered.</summary>
    public OperationFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with the text that is kept and answered, and its cause, which is not kept.</summary>
    public OperationFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
