namespace OrderKit.Messaging;

/// <summary>How dead letters are sent on their way again.</summary>
public sealed record RedriveOptions
{
    /// <summary>Who does it; it is noted with each letter.</summary>
    public required string By { get; init; }

    /// <summary>Why; it is noted with each letter.</summary>
    public string? Note { get; init; }

    /// <summary>How many letters at most.</summary>
    /// <value>1,000.</value>
    public int MaxCount { get; init; } = 1_000;

    /// <summary>How many letters a second; as fast as they go, where it is <see langword="null"/>.</summary>
    /// <value>100.</value>
    public int? PerSecond { get; init; } = 100;

    /// <summary>Whether letters are only counted.</summary>
    /// <value><see langword="false"/>.</value>
    public bool IsDryRun { get; init; }
}
