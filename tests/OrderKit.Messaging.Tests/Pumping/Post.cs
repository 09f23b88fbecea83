using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging.Tests;

/// <summary>An outbox in memory, handlers that note what they get, and a clock that only the test moves.</summary>
internal sealed class Post : IOrderEventHandler, IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 2, 6, 4, 0, 0, TimeSpan.Zero);

    public Post()
    {
        Database = new InMemoryDatabase(Clock);
        Store = new InMemoryOutboxStore(Database);
        Inbox = new InMemoryInboxStore(Database);
        Letters = new InMemoryDeadLetterStore(Database);
        Pauses = new InMemoryDeliveryPauseStore(Database);
    }

    public FakeTimeProvider Clock { get; } = new(Noon);

    public InMemoryDatabase Database { get; }

    public InMemoryOutboxStore Store { get; }

    public InMemoryInboxStore Inbox { get; }

    public InMemoryDeadLetterStore Letters { get; }

    public InMemoryDeliveryPauseStore Pauses { get; }

    /// <summary>What was handled, as <c>order:version</c> with the names of the test.</summary>
    public List<string> Handled { get; } = [];

    /// <summary>Told of each event before it counts as handled; may throw.</summary>
    public Action<OrderEvent>? OnEvent { get; set; }

    public static OrderKey Key(string name) => OrderKey.For(OrderId.Derive(new ChannelCode("TB"), name));

    public static OrderEvent Event(string name, long version) =>
        new(Key(name), version, "captured", "applied", [new("pay", 101)], "101", [], [], name, Noon, Noon, null);

    public async Task WriteAsync(params OrderEvent[] events) => await WriteAsync([.. events.Select(MessageOf)]);

    public async Task WriteAsync(params OutboxMessage[] messages)
    {
        await using var unit = await Database.BeginAsync();
        Store.Append(unit, messages);
        await unit.CommitAsync();
    }

    public static OutboxMessage MessageOf(OrderEvent told) => new(
        OrderEventCodec.MessageIdOf(told.Order.Order.Value, told.Version), "events", told.Order.Tenant, told.Order.Order.Value,
        OrderEventCodec.MessageType, OrderEventCodec.Encode(told));

    public OutboxPump Pump(double jitter = 1, params IOrderEventHandler[] handlers) => Pump(null, jitter, handlers);

    public OutboxPump Pump(OutboxPumpOptions? options, double jitter = 1, params IOrderEventHandler[] handlers) =>
        Pump(new OrderEventSink(handlers.Length == 0 ? [this] : handlers), options, jitter);

    public OutboxPump Pump(IOutboxSink sink, OutboxPumpOptions? options = null, double jitter = 1)
    {
        options ??= new OutboxPumpOptions();
        options.Jitter = () => jitter;
        return new(Store, Letters, Pauses, Database, new(sink), Options.Create(options), null, Clock);
    }

    public InboxPump InboxPump(IInboxHandler handler, InboxPumpOptions? options = null)
    {
        options ??= new InboxPumpOptions();
        options.Jitter = () => 1;
        return new(Inbox, Letters, Pauses, Database, new(handler), Options.Create(options), null, Clock);
    }

    public DeadLetters DeadLetters() => new(Letters, Store, Inbox, Database, null, Clock);

    /// <summary>Registers the stores, as a host does that brings its own.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IOutboxStore>(Store);
        services.AddSingleton<IInboxStore>(Inbox);
        services.AddSingleton<IDeadLetterStore>(Letters);
        services.AddSingleton<IDeliveryPauseStore>(Pauses);
        services.AddSingleton<IUnitOfWorkFactory>(Database);
    }

    public async Task<int> WaitingAsync() => (await Store.BacklogAsync("events")).Count;

    public Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken)
    {
        OnEvent?.Invoke(orderEvent);
        lock (Handled)
        {
            Handled.Add($"{orderEvent.Source}:{orderEvent.Version}");
        }

        return Task.CompletedTask;
    }

    public void Dispose() => Database.Dispose();
}
