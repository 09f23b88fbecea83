using OrderKit.Core;

namespace ControlTower.Stories;

/// <summary>An order retold after the table of a published article.</summary>
/// <param name="Order">The order.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Cause">The cause that the article names.</param>
/// <param name="CauseInEnglish">The same in English.</param>
/// <param name="Told">What happened, in a sentence for each language.</param>
public sealed record Story(OrderKey Order, string Number, string Cause, string CauseInEnglish, (string Chinese, string English) Told);
