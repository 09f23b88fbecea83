namespace OrderKit.StateMachine.Storage;

/// <summary>The state codes of all facets of one order, packed: facet 0 in the lowest 16 bits.</summary>
/// <param name="Packed">The packed codes.</param>
public readonly record struct StateCodes(ulong Packed)
{
    /// <summary>How many facets a model may have.</summary>
    public const int MaxFacets = 4;

    /// <summary>The code of a facet; 0 where the model has no such facet.</summary>
    public int this[int facet] => (ushort)(Packed >> (facet << 4));

    /// <summary>The same codes with one of them changed.</summary>
    public StateCodes With(int facet, int code) =>
        new((Packed & ~(0xFFFFUL << (facet << 4))) | ((ulong)(ushort)code << (facet << 4)));
}
