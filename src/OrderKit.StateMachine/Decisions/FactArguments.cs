using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>What of a fact matters to the decision.</summary>
/// <param name="Trigger">The trigger, by its number in the model; see <see cref="OrderModel.TriggerNamed"/>.</param>
/// <param name="Standing">With what right it speaks.</param>
/// <param name="Amount">Minor units; <see cref="Rest"/> for all that remains.</param>
/// <param name="Quantity">Pieces; <see cref="Rest"/> for all that remain.</param>
/// <param name="Holds">Holds to place or release, as bits of the model.</param>
/// <param name="ReportedState">The state code that a status report claims; 0 for none.</param>
/// <param name="Flags">What the caller found out about the fact.</param>
internal readonly record struct FactArguments(
    int Trigger,
    FactStanding Standing,
    long Amount = FactArguments.Rest,
    long Quantity = FactArguments.Rest,
    uint Holds = 0,
    int ReportedState = 0,
    FactFlags Flags = FactFlags.None)
{
    /// <summary>No figure given: all that remains.</summary>
    public const long Rest = long.MinValue;
}
