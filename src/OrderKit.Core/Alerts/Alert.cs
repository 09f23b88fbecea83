namespace OrderKit.Core;

/// <summary>What a person is told: one message for everything of one kind, source and reason that happened meanwhile.</summary>
/// <remarks>It has numbers and codes and never a payload, a name or an address.</remarks>
public sealed record Alert
{
    /// <summary>Its id, the same whenever it is sent again.</summary>
    public required string Id { get; init; }

    /// <summary>What happened; see <see cref="AlertKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where: a destination or consumer, a sender, the desk that acts.</summary>
    public required string Source { get; init; }

    /// <summary>Why, as a code.</summary>
    public required string Reason { get; init; }

    /// <summary>How often.</summary>
    public required long Count { get; init; }

    /// <summary>The first few messages or orders, with the tenant before a slash where it is not the default one.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>When it happened first, by the store's clock.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When it happened last, by the store's clock.</summary>
    public required DateTimeOffset LastAt { get; init; }
}
