using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Takes the messages of one destination.</summary>
public interface IOutboxSink
{
    /// <summary>Delivers a message; an exception has it delivered again later, and holds back the later messages of its lane.</summary>
    Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken);
}
