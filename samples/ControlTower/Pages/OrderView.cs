using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Pages;

/// <summary>What the page of an order shows.</summary>
internal sealed record OrderView(
    OrderDetails Details, OrderModel Model, Timeline Timeline, string Number, IReadOnlyList<TriggerPermission> Permissions, IReadOnlyList<JournalDetail> Notes,
    DateTimeOffset Now, TimeSpan Offset);
