using OrderKit.Core;

namespace ControlTower.Pages;

/// <summary>A row of the list of cases.</summary>
internal sealed record CaseRow(OrderCase Case, string Number);
