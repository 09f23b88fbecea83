namespace OrderKit.Specs;

/// <summary>A store breaks a rule.</summary>
public sealed class SpecFailedException : Exception
{
    /// <summary>Says what was expected and what was found.</summary>
    public SpecFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was expected and what went wrong instead.</summary>
    public SpecFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
