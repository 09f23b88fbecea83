namespace OrderKit.Specs;

/// <summary>The exception that is thrown if a store breaks a rule.</summary>
public sealed class SpecFailedException : Exception
{
    /// <summary>Creates the exception with the expected and the actual behaviour.</summary>
    public SpecFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the expected behaviour and the error that occurred instead.</summary>
    public SpecFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
