namespace OrderKit.StateMachine;

/// <summary>What a row of the headline table looks at.</summary>
public enum HeadlineRule : byte
{
    /// <summary>An open case among those named (all, where none is named).</summary>
    Cases = 0,

    /// <summary>One of the named states.</summary>
    States = 1,

    /// <summary>Any hold.</summary>
    Holds = 2,

    /// <summary>The state of the facet, whatever it is.</summary>
    Facet = 3,
}
