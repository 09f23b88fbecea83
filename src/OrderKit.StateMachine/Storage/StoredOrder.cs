using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>An order as a store has it.</summary>
public sealed record StoredOrder
{
    /// <summary>Its number in the store; 0 before it is saved.</summary>
    public long OrderNo { get; init; }

    /// <summary>Its key.</summary>
    public required OrderKey Key { get; init; }

    /// <summary>What decisions need.</summary>
    public required OrderSnapshot Snapshot { get; init; }

    /// <summary>The currency of its sums.</summary>
    public required Currency Currency { get; init; }

    /// <summary>The code of its headline status.</summary>
    public required string Headline { get; init; }

    /// <summary>When it was placed, by the source's clock, or else recorded.</summary>
    public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>When it was last decided upon.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>By when it must be handed to the carrier.</summary>
    public DateTimeOffset? ShipBy { get; init; }

    /// <summary>When it is promised to arrive.</summary>
    public DateTimeOffset? DeliverBy { get; init; }
}
