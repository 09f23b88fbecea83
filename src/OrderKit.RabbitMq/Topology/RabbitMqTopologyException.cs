namespace OrderKit.RabbitMq;

/// <summary>The broker has an exchange or a queue of the same name with other arguments. Nothing was changed.</summary>
public sealed class RabbitMqTopologyException : InvalidOperationException
{
    /// <summary>Creates the exception for an exchange or a queue.</summary>
    public RabbitMqTopologyException(string name, string reason, Exception? innerException = null)
        : base(
            $"The broker refuses '{name}': {reason} Use the options that it was created with, set another RabbitMqOptions.Prefix, "
            + "or delete it when it is empty.",
            innerException) =>
        Name = name;

    /// <summary>Creates the exception with a message.</summary>
    public RabbitMqTopologyException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public RabbitMqTopologyException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exchange or queue.</summary>
    public string? Name { get; }
}
