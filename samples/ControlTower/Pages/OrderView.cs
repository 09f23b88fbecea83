using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Pages;

/// <summary>The data of the page of an order.</summary>
internal sealed record OrderView(
    OrderDetails Details, OrderModel Model, Timeline Timeline, string Number, IReadOnlyList<TriggerPermission> Permissions,
    IReadOnlyList<JournalDetail> Notes,
    DateTimeOffset Now, TimeSpan Offset);
