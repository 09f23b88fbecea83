namespace OrderKit.Core;

/// <summary>A commit was sent and its answer was never heard: what was written may be durable or may be gone.</summary>
/// <remarks>It is unknown, not failed. The same facts may be sent again: their identities make sure that they take effect once.</remarks>
public sealed class CommitOutcomeUnknownException : IOException
{
    private const string DefaultMessage =
        "The commit was sent and its outcome is unknown: what was written may be durable or may be gone. Repeat the same facts, their identities make it safe.";

    /// <summary>Makes the exception with its usual message.</summary>
    public CommitOutcomeUnknownException()
        : base(DefaultMessage)
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public CommitOutcomeUnknownException(string? message)
        : base(message ?? DefaultMessage)
    {
    }

    /// <summary>Makes the exception around what the driver threw.</summary>
    public CommitOutcomeUnknownException(string? message, Exception? innerException)
        : base(message ?? DefaultMessage, innerException)
    {
    }

    /// <summary>Makes the exception around what the driver threw, with the usual message.</summary>
    public CommitOutcomeUnknownException(Exception innerException)
        : base(DefaultMessage, innerException)
    {
    }
}
