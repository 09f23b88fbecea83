namespace OrderKit.StateMachine;

/// <summary>The one status that people are shown, from the first row of the model's precedence table that fits.</summary>
/// <param name="Code">A state code, a hold code or a case code.</param>
/// <param name="LocalName">Its name for people.</param>
/// <param name="Rule">What it names: a state (<see cref="HeadlineRule.Facet"/>), a hold or a case.</param>
public sealed record Headline(string Code, string LocalName, HeadlineRule Rule);
