using Microsoft.Extensions.Options;
using OrderKit.Messaging;

namespace OrderKit.Specs.Tests;

/// <summary>The transport within one process; a broken one stands before it.</summary>
internal sealed class InProcessTransportUnderTest : ITransportUnderTest
{
    private readonly InProcessTransport _transport;

    public InProcessTransportUnderTest()
    {
        var options = new InProcessTransportOptions();
        options.Topics.Add(Topic);
        _transport = new InProcessTransport(Options.Create(options));
        Broken = new BrokenTransport(_transport);
    }

    public BrokenTransport Broken { get; }

    public ITransport Transport => Broken;

    public string Topic => "events";

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    public Task PublishAnythingAsync(string lane, TransportDelivery anything) => _transport.PublishAsync(anything);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> RejectedAsync(int count) => Task.FromResult(_transport.Rejected(Topic));

    public ValueTask DisposeAsync()
    {
        _transport.Dispose();
        return ValueTask.CompletedTask;
    }
}
