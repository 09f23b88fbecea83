using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>An in-memory inbox whose commits can fail, with a handler that records effects.</summary>
internal sealed class ReceivingDesk : IUnitOfWorkFactory, IDisposable
{
    public ReceivingDesk()
    {
        InboxStore = new InMemoryInboxStore(Database);
        Letters = new InMemoryDeadLetterStore(Database);
        Inbox = new Inbox(InboxStore, Database);
    }

    public InMemoryDatabase Database { get; } = new();

    public InMemoryInboxStore InboxStore { get; }

    public InMemoryDeadLetterStore Letters { get; }

    public Inbox Inbox { get; }

    /// <summary>The number of next units of work of a receiver that fail to begin.</summary>
    public int UnitsToFail { get; set; }

    public TransportReceiver Receiver(ITransportUnderTest under, string consumer, bool isUnheard = false) => new(
        isUnheard ? new UnheardTransport(under.Transport) : under.Transport,
        Inbox,
        Letters,
        this,
        Options.Create(new TransportReceiverOptions { Topic = under.Topic, Consumer = consumer, BatchSize = 7 }));

    /// <summary>Receives with a new receiver until a number of messages has arrived.</summary>
    public async Task<ReceiveResult> ReceiveAsync(ITransportUnderTest under, string consumer, int count)
    {
        var (accepted, repeated, unreadable) = (0, 0, 0);
        var receiver = Receiver(under, consumer);
        await using (receiver)
        {
            while (accepted + repeated + unreadable < count)
            {
                var once = await TransportSpec.WithinAsync(under, token => new ValueTask<ReceiveResult>(receiver.ReceiveOnceAsync(token)));
                (accepted, repeated, unreadable) = (accepted + once.Accepted, repeated + once.Duplicate, unreadable + once.Unreadable);
            }
        }

        return new ReceiveResult(accepted, repeated, unreadable);
    }

    /// <summary>Handles the messages in the inbox and returns the ids of the effects, in order.</summary>
    public async Task<IReadOnlyList<string>> HandleAsync(string consumer)
    {
        var handler = new Notes(consumer);
        var pump = new InboxPump(InboxStore, Letters, new InMemoryDeliveryPauseStore(Database), Database, new(handler));
        await pump.PumpAllAsync();
        return handler.Handled;
    }

    public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) =>
        UnitsToFail-- > 0 ? throw new InjectedFaultException(happened: false) : Database.BeginAsync(cancellationToken);

    public void Dispose() => Database.Dispose();

    private sealed class Notes(string consumer) : IInboxHandler
    {
        public string Consumer => consumer;

        public List<string> Handled { get; } = [];

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            Handled.Add(delivery.Message.MessageId);
            return Task.CompletedTask;
        }
    }

    /// <summary>A transport that loses all acknowledgements.</summary>
    private sealed class UnheardTransport(ITransport inner) : ITransport
    {
        public Task PublishAsync(TransportMessage message, CancellationToken cancellationToken = default) =>
            inner.PublishAsync(message, cancellationToken);

        public async ValueTask<ITransportSubscription> SubscribeAsync(string topic, CancellationToken cancellationToken = default) =>
            new UnheardSubscription(await inner.SubscribeAsync(topic, cancellationToken));
    }

    private sealed class UnheardSubscription(ITransportSubscription inner) : ITransportSubscription
    {
        public ValueTask<IReadOnlyList<TransportDelivery>> ReceiveAsync(int max, CancellationToken cancellationToken = default) =>
            inner.ReceiveAsync(max, cancellationToken);

        public ValueTask AcknowledgeAsync(IReadOnlyList<TransportDelivery> deliveries, CancellationToken cancellationToken = default) =>
            throw new InjectedFaultException(happened: false);

        public ValueTask ReturnAsync(CancellationToken cancellationToken = default) => inner.ReturnAsync(cancellationToken);

        public ValueTask RejectAsync(TransportDelivery delivery, CancellationToken cancellationToken = default) =>
            inner.RejectAsync(delivery, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
