namespace OrderKit.StateMachine.Storage;

/// <summary>For each facet the version of the order at which its state was entered; deadlines are judged by it.</summary>
/// <param name="First">Of facet 0.</param>
/// <param name="Second">Of facet 1.</param>
/// <param name="Third">Of facet 2.</param>
/// <param name="Fourth">Of facet 3.</param>
public readonly record struct FacetVersions(long First, long Second, long Third, long Fourth)
{
    /// <summary>The version at which a facet entered its state.</summary>
    public long this[int facet] => facet switch { 0 => First, 1 => Second, 2 => Third, _ => Fourth };

    internal FacetVersions With(int facet, long version) => facet switch
    {
        0 => this with { First = version },
        1 => this with { Second = version },
        2 => this with { Third = version },
        _ => this with { Fourth = version },
    };
}
