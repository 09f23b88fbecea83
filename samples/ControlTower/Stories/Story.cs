using OrderKit.Core;

namespace ControlTower.Stories;

/// <summary>An order from the table of a published article.</summary>
/// <param name="Order">The order.</param>
/// <param name="Number">The number of the order in the article.</param>
/// <param name="Cause">The cause that the article names, in Chinese.</param>
/// <param name="CauseInEnglish">The cause in English.</param>
/// <param name="Told">What happened, in one sentence per language.</param>
public sealed record Story(OrderKey Order, string Number, string Cause, string CauseInEnglish, (string Chinese, string English) Told);
