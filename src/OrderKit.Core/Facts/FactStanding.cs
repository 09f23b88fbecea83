namespace OrderKit.Core;

/// <summary>With what right a message speaks about an order.</summary>
public enum FactStanding : byte
{
    /// <summary>Told by the owner of the money or the goods: never refused.</summary>
    Fact = 0,

    /// <summary>A wish of a person or a system: may be refused.</summary>
    Command = 1,

    /// <summary>What another system believes: may be late or outranked, and is then an observation.</summary>
    Report = 2,
}
