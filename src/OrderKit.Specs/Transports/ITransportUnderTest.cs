using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>A transport to test, with an empty topic that nobody else uses.</summary>
public interface ITransportUnderTest : IAsyncDisposable
{
    /// <summary>The transport to test.</summary>
    ITransport Transport { get; }

    /// <summary>The topic.</summary>
    string Topic { get; }

    /// <summary>How long a case waits for a message before it fails.</summary>
    TimeSpan Patience { get; }

    /// <summary>
    /// Publishes arbitrary, possibly invalid data to the queue of a lane, as a foreign sender could. Null values are omitted.
    /// </summary>
    Task PublishAnythingAsync(string lane, TransportDelivery anything);

    /// <summary>Waits for a number of rejected messages and returns their bodies.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> RejectedAsync(int count);
}
