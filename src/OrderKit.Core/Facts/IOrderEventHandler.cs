namespace OrderKit.Core;

/// <summary>Handles events of orders. It is called at least once for each event, and in order for one order.</summary>
public interface IOrderEventHandler
{
    /// <summary>
    /// Handles one event. After an exception the event is delivered again later; until then later events of its order wait.
    /// </summary>
    Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken);
}
