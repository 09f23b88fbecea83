namespace OrderKit.Core;

/// <summary>A commit was sent, but no answer came: its writes may be durable or lost.</summary>
/// <remarks>
/// The outcome is unknown, which is not a failure. Send the same facts again; their identities ensure that each takes effect once.
/// </remarks>
public sealed class CommitOutcomeUnknownException : IOException
{
    private const string DefaultMessage =
        "The commit was sent and its outcome is unknown: its writes may be durable or lost. "
        + "Repeat the same facts; their identities make that safe.";

    /// <summary>Makes the exception with the default message.</summary>
    public CommitOutcomeUnknownException()
        : base(DefaultMessage)
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public CommitOutcomeUnknownException(string? message)
        : base(message ?? DefaultMessage)
    {
    }

    /// <summary>Makes the exception around the exception of the driver.</summary>
    public CommitOutcomeUnknownException(string? message, Exception? innerException)
        : base(message ?? DefaultMessage, innerException)
    {
    }

    /// <summary>Makes the exception around the exception of the driver, with the default message.</summary>
    public CommitOutcomeUnknownException(Exception innerException)
        : base(DefaultMessage, innerException)
    {
    }
}
