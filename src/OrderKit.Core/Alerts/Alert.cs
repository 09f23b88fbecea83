namespace OrderKit.Core;

/// <summary>A message to a person: everything of one kind, source and reason that happened within the quiet time.</summary>
/// <remarks>It has ids and codes. It never has a payload, a name or an address.</remarks>
public sealed record Alert
{
    /// <summary>The id. An alert that is sent again has the same id.</summary>
    public required string Id { get; init; }

    /// <summary>What happened; see <see cref="AlertKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where it happened: a destination, a consumer, a provider or the owner of a case.</summary>
    public required string Source { get; init; }

    /// <summary>Why it happened, as a code.</summary>
    public required string Reason { get; init; }

    /// <summary>How often it happened.</summary>
    public required long Count { get; init; }

    /// <summary>The ids of the first few messages or orders. A tenant other than the default one stands before a slash.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>When it first happened, by the store's clock.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When it last happened, by the store's clock.</summary>
    public required DateTimeOffset LastAt { get; init; }
}
