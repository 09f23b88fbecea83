using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Benchmarks;

/// <summary>Counts the messages that it gets.</summary>
internal sealed class CountingSink : IOutboxSink
{
    private long _bytes;
    private int _messages;

    public (int Messages, long Bytes) Given => (_messages, _bytes);

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        _messages++;
        _bytes += delivery.Message.Body.Length;
        return Task.CompletedTask;
    }
}
