using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>Messages that go from an outbox through an inbox to their effect, by pumps that may crash at any step.</summary>
internal sealed class MessageDesk(IStoreUnderTest store, Interleaving way)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause before something is tried again; with the jitter, anything up to it.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _standing = new(Sample.Noon);

    /// <summary>The destination, and the consumer that receives there.</summary>
    public string Name { get; } = way.Mark;

    /// <summary>Where effects are written, one row each.</summary>
    public string Effects { get; } = "effects of " + way.Mark;

    /// <summary>Has deliveries fail before they arrive, so many times.</summary>
    public int FailingDeliveries { get; set; }

    public OutboxMessage Message(string id, string lane = "lane") => Sample.Message(store, $"{Name}-{id}", lane, Name);

    public Task AppendAsync(params OutboxMessage[] messages) => AppendAsync(store, messages);

    public static Task AppendAsync(IStoreActor actor, params OutboxMessage[] messages) => actor.InUnitAsync(async unit =>
    {
        await actor.Outbox.AppendAsync(unit, messages).ConfigureAwait(false);
        return true;
    });

    /// <summary>The pump of a sender, whose sink hands each message to the receiver's inbox.</summary>
    public OutboxPump Outbox(IStoreActor actor, Func<string, ValueTask>? step = null) => new(
        actor.Outbox, actor.DeadLetters, actor.Pauses, actor.Units, new Sink(this, actor, step ?? (static _ => default)),
        Options.Create(new OutboxPumpOptions { Destination = Name, Lease = Lease, FirstPause = Pause, LongestPause = Pause, FailuresToRest = 100 }), timeProvider: _standing);

    /// <summary>The pump of the receiver, whose handler writes the effect.</summary>
    public InboxPump Inbox(IStoreActor actor, Func<string, ValueTask>? step = null) => new(
        actor.Inbox, actor.DeadLetters, actor.Pauses, actor.Units, [new Handler(this, actor, step ?? (static _ => default))],
        Options.Create(new InboxPumpOptions { Lease = Lease, FirstPause = Pause, LongestPause = Pause }), timeProvider: _standing);

    /// <summary>Goes on after whatever happened until nothing is left to do, and tells the ids of the effects in the order in which they happened.</summary>
    public async Task<IReadOnlyList<string>> DrainAsync()
    {
        for (var left = 5; left > 0 && !await IsIdleAsync().ConfigureAwait(false); left--)
        {
            await store.AdvanceAsync(Lease + Pause).ConfigureAwait(false);
            await Outbox(store).PumpAllAsync().ConfigureAwait(false);
            await store.AdvanceAsync(Lease + Pause).ConfigureAwait(false);
            await Inbox(store).PumpAllAsync().ConfigureAwait(false);
        }

        Expect.That(await IsIdleAsync().ConfigureAwait(false), "In the end nothing waits.");
        var effects = new List<string>();
        while (await store.Outbox.ClaimAsync(Effects, 100, Lease).ConfigureAwait(false) is { Count: > 0 } rows)
        {
            effects.AddRange(rows.OrderBy(row => row.Id).Select(row => row.Message.MessageId));
            await store.Outbox.CompleteAsync(rows).ConfigureAwait(false);
        }

        return effects;
    }

    private async Task<bool> IsIdleAsync() =>
        (await store.Outbox.BacklogAsync(Name).ConfigureAwait(false)).Count == 0 && (await store.Inbox.BacklogAsync(Name).ConfigureAwait(false)).Count == 0;

    public InboxMessage Incoming(OutboxMessage message) => new(message.MessageId, Name, message.Tenant, message.Lane, message.Type, message.Body);

    private sealed class Sink(MessageDesk desk, IStoreActor actor, Func<string, ValueTask> step) : IOutboxSink
    {
        public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
        {
            await step("send").ConfigureAwait(false);
            if (desk.FailingDeliveries > 0)
            {
                desk.FailingDeliveries--;
                throw new InvalidOperationException("The receiver refuses.");
            }

            await new Inbox(actor.Inbox, actor.Units).AcceptAsync([desk.Incoming(delivery.Message)], cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Handler(MessageDesk desk, IStoreActor actor, Func<string, ValueTask> step) : IInboxHandler
    {
        public string Consumer => desk.Name;

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            await actor.Outbox.AppendAsync(unitOfWork, [delivery.Message.ToEffect(desk.Effects)], cancellationToken).ConfigureAwait(false);
            await step("work").ConfigureAwait(false);
        }
    }
}

file static class Effect
{
    // All in one lane: effects come out in the order in which they were written.
    public static OutboxMessage ToEffect(this InboxMessage message, string destination) =>
        new(message.MessageId, destination, message.Tenant, destination, "effect", message.Body);
}
