using OrderKit.Core;
using OrderKit.StateMachine;

namespace ControlTower.FollowUp;

/// <summary>
/// Releases an order to the warehouse when it is paid, its stock is locked and it has no hold. Counts the cases to follow up.
/// </summary>
/// <remarks>
/// Events are delivered at least once. The id of the command is built from the order and its version, so a second delivery of an
/// event is a duplicate, not a second command. The engine, not this handler, decides whether the order may be released.
/// </remarks>
public sealed class ReleaseWhenReady(OrderLifecycle lifecycle, FollowUpTally tally) : IOrderEventHandler
{
    private const int StockLocked = 201;
    private const int Paid = 101;
    private const int PartRefunded = 120;

    public async Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(orderEvent);
        if (orderEvent.OpenedCases.Count > 0)
            tally.CountFollowUps(orderEvent.OpenedCases.Count);
        if (orderEvent.Holds.Count > 0 || StateOf(orderEvent, "goods") != StockLocked
            || StateOf(orderEvent, "pay") is not (Paid or PartRefunded))
            return;

        var result = await lifecycle.FireAsync(
            new OrderFact
            {
                Trigger = "release",
                Source = "control-tower",
                Order = orderEvent.Order,
                Id = $"release-{OrderEventCodec.MessageIdOf(orderEvent.Order.Order.Value, orderEvent.Version)}",
                OccurredAt = orderEvent.RecordedAt,
                TraceId = orderEvent.TraceId,
            },
            cancellationToken);
        if (result is FireResult.Applied)
            tally.CountRelease();
    }

    private static int StateOf(OrderEvent orderEvent, string facet)
    {
        foreach (var (name, code) in orderEvent.States)
        {
            if (name == facet)
                return code;
        }

        return 0;
    }
}
