namespace OrderKit.Messaging;

/// <summary>Nobody would get the message: its topic was not declared, or has lost its queues.</summary>
public sealed class UnroutableMessageException : TransportUnavailableException
{
    /// <summary>Names the topic.</summary>
    public UnroutableMessageException(string topic, string way)
        : base($"Nobody would get a message of the topic '{topic}'. {way}") => Topic = topic;

    /// <summary>Creates the exception with a message.</summary>
    public UnroutableMessageException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates the exception around another one.</summary>
    public UnroutableMessageException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The topic.</summary>
    public string? Topic { get; }
}
