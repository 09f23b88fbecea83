namespace OrderKit.Core;

/// <summary>The authority of a message about an order.</summary>
public enum FactStanding : byte
{
    /// <summary>Reported by the owner of the money or the goods. It is never rejected.</summary>
    Fact = 0,

    /// <summary>A request of a person or a system. It may be rejected.</summary>
    Command = 1,

    /// <summary>The view of another system. If it is late or outranked, it is only recorded as an observation.</summary>
    Report = 2,
}
