namespace OrderKit.Sql;

/// <summary>The tables are not what this release needs.</summary>
public sealed class OrderKitSchemaException : Exception
{
    /// <summary>Makes the exception.</summary>
    public OrderKitSchemaException()
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public OrderKitSchemaException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception around another one.</summary>
    public OrderKitSchemaException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The engine whose tables are meant, such as <c>core</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>The version that this release needs.</summary>
    public int? NeededVersion { get; init; }

    /// <summary>The version that the database has; 0 for none.</summary>
    public int? FoundVersion { get; init; }

    /// <summary>The table that is missing.</summary>
    public string? MissingTable { get; init; }

    /// <summary>The statement that failed.</summary>
    public string? Statement { get; init; }
}
