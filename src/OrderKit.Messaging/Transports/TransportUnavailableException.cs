namespace OrderKit.Messaging;

/// <summary>The broker is not there, is full, or did not answer in time. Whether it has the message is unknown: publish it again under the same id.</summary>
public class TransportUnavailableException : IOException
{
    /// <summary>Makes the exception with a message.</summary>
    public TransportUnavailableException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception around another one.</summary>
    public TransportUnavailableException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
