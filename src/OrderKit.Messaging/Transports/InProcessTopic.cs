using System.Threading.Channels;

namespace OrderKit.Messaging;

/// <summary>The messages of one topic in memory.</summary>
internal sealed class InProcessTopic(string name, int capacity, TimeSpan publishTimeout, TimeProvider time) : IDisposable
{
    private const int MostRejected = 1_000;

    // Room is given back when a message is acknowledged, so what waits and what is held are bounded together.
    private readonly SemaphoreSlim _room = new(capacity, capacity);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Channel<TransportDelivery> _fresh = Channel.CreateBounded<TransportDelivery>(capacity);
    private readonly SortedDictionary<long, TransportDelivery> _returned = [];
    private readonly Queue<ReadOnlyMemory<byte>> _rejected = [];
    private readonly Lock _gate = new();
    private long _lastNumber;

    /// <summary>Held by the one subscription that receives, so that a lane is never in two hands.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    public IReadOnlyList<ReadOnlyMemory<byte>> Rejected
    {
        get
        {
            lock (_gate)
            {
                return [.. _rejected];
            }
        }
    }

    public async Task PublishAsync(TransportDelivery delivery, CancellationToken cancellationToken)
    {
        if (!_room.Wait(0, CancellationToken.None))
        {
            using var timeout = new CancellationTokenSource(publishTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                await _room.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TransportUnavailableException(
                    $"The topic '{name}' is full: it holds {capacity} messages that were not acknowledged for {publishTimeout}.", e);
            }
        }

        lock (_gate)
        {
            // There is room in the channel wherever there was room in the topic.
            _fresh.Writer.TryWrite(delivery with { Tag = ++_lastNumber });
        }

        _ready.Release();
    }

    /// <summary>Waits for one message.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.WaitAsync(cancellationToken);

    /// <summary>Whether there is a message that <see cref="Take"/> can take.</summary>
    public bool TryWait() => _ready.Wait(0, CancellationToken.None);

    /// <summary>Takes the message that was waited for: what was given back first, in the order published.</summary>
    public TransportDelivery Take()
    {
        lock (_gate)
        {
            foreach (var (number, delivery) in _returned)
            {
                _returned.Remove(number);
                return delivery;
            }

            return _fresh.Reader.TryRead(out var fresh)
                ? fresh
                : throw new InvalidOperationException($"The topic '{name}' has no message although it said so.");
        }
    }

    // All of them before anybody is woken, so that a receiver does not see them in a wrong order.
    public void Return(IReadOnlyCollection<TransportDelivery> deliveries)
    {
        lock (_gate)
        {
            foreach (var delivery in deliveries)
            {
                _returned.Add((long)delivery.Tag, delivery with { IsRedelivered = true });
            }
        }

        if (deliveries.Count > 0)
        {
            _ready.Release(deliveries.Count);
        }
    }

    public void Reject(TransportDelivery delivery)
    {
        lock (_gate)
        {
            _rejected.Enqueue(delivery.Body);
            if (_rejected.Count > MostRejected)
            {
                _rejected.Dequeue();
            }
        }

        Forget();
    }

    public void Forget() => _room.Release();

    public void Dispose()
    {
        _room.Dispose();
        _ready.Dispose();
        Turn.Dispose();
    }
}
