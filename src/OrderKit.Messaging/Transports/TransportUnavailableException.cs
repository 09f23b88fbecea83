namespace OrderKit.Messaging;

/// <summary>
/// The broker is unreachable, full, or did not answer in time. Whether it has the message is unknown: publish it again under the same id.
/// </summary>
public class TransportUnavailableException : IOException
{
    /// <summary>Creates the exception with a message.</summary>
    public TransportUnavailableException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates the exception around another one.</summary>
    public TransportUnavailableException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
