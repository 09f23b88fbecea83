namespace OrderKit.Sql;

/// <summary>The exception that is thrown if the tables do not match this release.</summary>
public sealed class OrderKitSchemaException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OrderKitSchemaException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public OrderKitSchemaException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and an inner exception.</summary>
    public OrderKitSchemaException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The engine that owns the tables, such as <c>core</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>The version that this release needs.</summary>
    public int? NeededVersion { get; init; }

    /// <summary>The version of the tables in the database; 0 if there are none.</summary>
    public int? FoundVersion { get; init; }

    /// <summary>The missing table.</summary>
    public string? MissingTable { get; init; }

    /// <summary>The failed statement.</summary>
    public string? Statement { get; init; }
}
