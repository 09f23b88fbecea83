namespace OrderKit.Core;

/// <summary>Acts on events of orders. Called at least once per event and in order for one order.</summary>
public interface IOrderEventHandler
{
    /// <summary>Handles one event; an exception has it delivered again later, and holds back the later events of that order.</summary>
    Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken);
}
