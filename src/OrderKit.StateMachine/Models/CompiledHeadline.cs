namespace OrderKit.StateMachine;

/// <summary>A row of the headline table in the form that it is read.</summary>
internal readonly record struct CompiledHeadline(HeadlineRule Rule, uint Cases, int[] States, int Facet);
