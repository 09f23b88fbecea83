namespace OrderKit.RabbitMq;

/// <summary>The broker has an exchange or a queue of the same name that is not what the settings say. Nothing was changed.</summary>
public sealed class RabbitMqTopologyException : InvalidOperationException
{
    /// <summary>Names what differs.</summary>
    public RabbitMqTopologyException(string name, string reason, Exception? innerException = null)
        : base($"The broker refuses '{name}': {reason} Use the settings that it was made with, take another RabbitMqOptions.Prefix, or, when it is empty, delete it.", innerException) =>
        Name = name;

    /// <summary>Makes the exception with a message.</summary>
    public RabbitMqTopologyException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception around another one.</summary>
    public RabbitMqTopologyException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exchange or queue.</summary>
    public string? Name { get; }
}
