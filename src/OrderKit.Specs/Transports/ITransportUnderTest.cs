using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>A transport that a case is tried on, with a topic that is empty and that nobody else uses.</summary>
public interface ITransportUnderTest : IAsyncDisposable
{
    /// <summary>The transport.</summary>
    ITransport Transport { get; }

    /// <summary>The topic.</summary>
    string Topic { get; }

    /// <summary>How long a case waits for what must come before it says that it did not.</summary>
    TimeSpan Patience { get; }

    /// <summary>Publishes what may be no message at all, as a stranger could, into the place where the messages of a lane are. What is <see langword="null"/> is left out.</summary>
    Task PublishAnythingAsync(string lane, TransportDelivery anything);

    /// <summary>Waits for the bodies of as many messages as were rejected.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> RejectedAsync(int count);
}
