using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>A trigger of a model.</summary>
/// <param name="Index">Its number in the model.</param>
/// <param name="Name">Its name, as facts carry it.</param>
/// <param name="Standing">The standing of facts that do not say another.</param>
/// <param name="HomeFacet">The facet that it is about; -1 for one that only changes sums, holds or cases.</param>
/// <param name="Lands">The state that it claims; 0 for none.</param>
/// <param name="IsTimer">Whether only deadlines fire it.</param>
/// <param name="IsCreation">Whether it creates orders.</param>
/// <param name="Key">What each of its facts must bring to be known again; <see langword="null"/> where the content of a fact is enough. A trigger that moves money has one.</param>
public sealed record TriggerInfo(
    int Index, string Name, FactStanding Standing, int HomeFacet, int Lands, bool IsTimer, bool IsCreation, TriggerKey? Key);
