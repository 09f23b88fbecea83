namespace OrderKit.Messaging;

/// <summary>Receives a topic within one process.</summary>
internal sealed class InProcessSubscription(InProcessTopic topic) : ITransportSubscription
{
    private readonly Dictionary<long, TransportDelivery> _held = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private bool _hasTurn;

    public async ValueTask<IReadOnlyList<TransportDelivery>> ReceiveAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, cancellationToken);
        if (!_hasTurn)
        {
            await topic.Turn.WaitAsync(either.Token).ConfigureAwait(false);
            TakeTurn();
        }

        await topic.WaitAsync(either.Token).ConfigureAwait(false);
        var received = new List<TransportDelivery>();
        do
        {
            received.Add(Hold(topic.Take()));
        }
        while (received.Count < max && topic.TryWait());
        return received;
    }

    public ValueTask AcknowledgeAsync(IReadOnlyList<TransportDelivery> deliveries, CancellationToken cancellationToken = default) =>
        Each(deliveries, static (topic, _) => topic.Forget());

    public ValueTask ReturnAsync(CancellationToken cancellationToken = default)
    {
        TransportDelivery[] held;
        lock (_gate)
        {
            held = [.. _held.Values];
            _held.Clear();
        }

        topic.Return(held);
        return ValueTask.CompletedTask;
    }

    public ValueTask RejectAsync(TransportDelivery delivery, CancellationToken cancellationToken = default) =>
        Each([delivery], static (topic, delivery) => topic.Reject(delivery));

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        await _ended.CancelAsync().ConfigureAwait(false);
        await ReturnAsync(CancellationToken.None).ConfigureAwait(false);
        bool hadTurn;
        lock (_gate)
        {
            hadTurn = _hasTurn;
        }

        if (hadTurn)
        {
            topic.Turn.Release();
        }

        _ended.Dispose();
    }

    private void TakeTurn()
    {
        lock (_gate)
        {
            if (!_ended.IsCancellationRequested)
            {
                _hasTurn = true;
                return;
            }
        }

        // It ended as its turn came, and would not give it back.
        topic.Turn.Release();
        throw new ObjectDisposedException(nameof(InProcessSubscription));
    }

    private TransportDelivery Hold(TransportDelivery delivery)
    {
        lock (_gate)
        {
            if (!_ended.IsCancellationRequested)
            {
                _held.Add((long)delivery.Tag, delivery);
                return delivery;
            }
        }

        // It ended while this one was taken, and gives back only what it held.
        topic.Return([delivery]);
        throw new ObjectDisposedException(nameof(InProcessSubscription));
    }

    private ValueTask Each(IReadOnlyList<TransportDelivery> deliveries, Action<InProcessTopic, TransportDelivery> act)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        foreach (var delivery in deliveries)
        {
            bool isHeld;
            lock (_gate)
            {
                isHeld = _held.Remove((long)delivery.Tag);
            }

            if (isHeld)
            {
                act(topic, delivery);
            }
        }

        return ValueTask.CompletedTask;
    }
}
