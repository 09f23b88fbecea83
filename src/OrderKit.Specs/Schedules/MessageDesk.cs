using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>Messages from an outbox through an inbox to their effect, with pumps that may crash at any step.</summary>
internal sealed class MessageDesk(IStoreUnderTest store, Interleaving way)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>The longest delay before a retry. With jitter, the delay is any time up to it.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _standing = new(Sample.Noon);

    /// <summary>The destination, and the name of its consumer.</summary>
    public string Name { get; } = way.Mark;

    /// <summary>The destination of the effects, one row each.</summary>
    public string Effects { get; } = "effects of " + way.Mark;

    /// <summary>The number of next deliveries that fail before they arrive.</summary>
    public int FailingDeliveries { get; set; }

    public OutboxMessage Message(string id, string lane = "lane") => Sample.Message(store, $"{Name}-{id}", lane, Name);

    public Task AppendAsync(params OutboxMessage[] messages) => AppendAsync(store, messages);

    public static Task AppendAsync(IStoreActor actor, params OutboxMessage[] messages) =>
        actor.InUnitAsync(unit => actor.Outbox.AppendAsync(unit, messages));

    /// <summary>Creates the pump of a sender, whose sink passes each message to the receiver's inbox.</summary>
    public OutboxPump Outbox(IStoreActor actor, Func<string, ValueTask>? step = null) => new(
        actor.Outbox, actor.DeadLetters, actor.Pauses, actor.Units, new(new Sink(this, actor, step ?? (static _ => default))),
        Options.Create(
            new OutboxPumpOptions
            {
                Destination = Name, Lease = Lease, FirstDelay = Pause, MaxDelay = Pause, FailuresToBreak = 100,
            }), timeProvider: _standing);

    /// <summary>Creates the pump of the receiver, whose handler writes the effect.</summary>
    public InboxPump Inbox(IStoreActor actor, Func<string, ValueTask>? step = null) => new(
        actor.Inbox, actor.DeadLetters, actor.Pauses, actor.Units, new(new Handler(this, actor, step ?? (static _ => default))),
        Options.Create(new InboxPumpOptions { Lease = Lease, FirstDelay = Pause, MaxDelay = Pause }), timeProvider: _standing);

    /// <summary>Continues until nothing is left to do and returns the ids of the effects in their order.</summary>
    public async Task<IReadOnlyList<string>> DrainAsync()
    {
        for (var left = 5; left > 0 && !await IsIdleAsync(); left--)
        {
            await store.AdvanceAsync(Lease + Pause);
            await Outbox(store).PumpAllAsync();
            await store.AdvanceAsync(Lease + Pause);
            await Inbox(store).PumpAllAsync();
        }

        Expect.That(await IsIdleAsync(), "In the end nothing may be pending.");
        var effects = new List<string>();
        while (await store.Outbox.ClaimAsync(Effects, 100, Lease) is { Count: > 0 } rows)
        {
            effects.AddRange(rows.OrderBy(row => row.Id).Select(row => row.Message.MessageId));
            await store.Outbox.CompleteAsync(rows);
        }

        return effects;
    }

    private async Task<bool> IsIdleAsync() =>
        (await store.Outbox.BacklogAsync(Name)).Count == 0 && (await store.Inbox.BacklogAsync(Name)).Count == 0;

    public InboxMessage Incoming(OutboxMessage message) =>
        new(message.MessageId, Name, message.Tenant, message.Lane, message.Type, message.Body);

    private sealed class Sink(MessageDesk desk, IStoreActor actor, Func<string, ValueTask> step) : IOutboxSink
    {
        public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
        {
            await step("send");
            if (desk.FailingDeliveries > 0)
            {
                desk.FailingDeliveries--;
                throw new InvalidOperationException("The receiver refuses the message.");
            }

            await new Inbox(actor.Inbox, actor.Units).AcceptAsync([desk.Incoming(delivery.Message)], cancellationToken);
        }
    }

    private sealed class Handler(MessageDesk desk, IStoreActor actor, Func<string, ValueTask> step) : IInboxHandler
    {
        public string Consumer => desk.Name;

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            await actor.Outbox.AppendAsync(unitOfWork, [delivery.Message.ToEffect(desk.Effects)], cancellationToken);
            await step("work");
        }
    }
}

file static class Effect
{
    // All in one lane, so that the effects are read in the order in which they were written.
    public static OutboxMessage ToEffect(this InboxMessage message, string destination) =>
        new(message.MessageId, destination, message.Tenant, destination, "effect", message.Body);
}
