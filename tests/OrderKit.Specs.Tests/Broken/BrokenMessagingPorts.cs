using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>An <see cref="ILaneStore{TDelivery}"/> in which single methods can be broken.</summary>
internal abstract class BrokenLanes<TStore, TDelivery>(TStore inner) : ILaneStore<TDelivery>
    where TStore : ILaneStore<TDelivery>
    where TDelivery : MessageDelivery
{
    public Func<TStore, string, int, TimeSpan, Task<IReadOnlyList<TDelivery>>>? Claim { get; set; }

    public Func<TStore, TDelivery, Task<bool>>? Start { get; set; }

    public Func<TStore, TDelivery, TimeSpan, string, Task<bool>>? Retry { get; set; }

    public Func<TStore, IReadOnlyList<TDelivery>, Task>? Release { get; set; }

    public Func<TStore, UnitOfWork, TDelivery, Task<bool>>? Remove { get; set; }

    public Func<TStore, string, Task<MessageBacklog>>? Backlog { get; set; }

    public WakeUp Written => inner.Written;

    protected TStore Sound => inner;

    public ValueTask<IReadOnlyList<TDelivery>> ClaimAsync(string name, int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
        Claim is null ? inner.ClaimAsync(name, max, lease, cancellationToken) : new(Claim(inner, name, max, lease));

    public ValueTask<bool> StartAsync(TDelivery delivery, CancellationToken cancellationToken = default) =>
        Start is null ? inner.StartAsync(delivery, cancellationToken) : new(Start(inner, delivery));

    public ValueTask<bool> RetryAsync(TDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default) =>
        Retry is null ? inner.RetryAsync(delivery, delay, error, cancellationToken) : new(Retry(inner, delivery, delay, error));

    public ValueTask ReleaseAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken = default) =>
        Release is null ? inner.ReleaseAsync(deliveries, cancellationToken) : new(Release(inner, deliveries));

    public ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, TDelivery delivery, CancellationToken cancellationToken = default) =>
        Remove is null ? inner.RemoveAsync(unitOfWork, delivery, cancellationToken) : new(Remove(inner, unitOfWork, delivery));

    public ValueTask<MessageBacklog> BacklogAsync(string name, CancellationToken cancellationToken = default) =>
        Backlog is null ? inner.BacklogAsync(name, cancellationToken) : new(Backlog(inner, name));
}

/// <summary>An <see cref="IInboxStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenInbox(IInboxStore inner) : BrokenLanes<IInboxStore, InboxDelivery>(inner), IInboxStore
{
    public Func<IInboxStore, UnitOfWork, IReadOnlyList<InboxMessage>, Task<IReadOnlyList<InboxReceipt>>>? Accept { get; set; }

    public Func<IInboxStore, UnitOfWork, IReadOnlyList<InboxDelivery>, TimeSpan, Task>? Complete { get; set; }

    public Func<IInboxStore, UnitOfWork, InboxMessage, Task<bool>>? BringBack { get; set; }

    public Func<IInboxStore, UnitOfWork, InboxMessage, TimeSpan, Task<bool>>? Settle { get; set; }

    public Func<IInboxStore, int, Task<int>>? Sweep { get; set; }

    public ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default) =>
        Accept is null ? Sound.AcceptAsync(unitOfWork, messages, cancellationToken) : new(Accept(Sound, unitOfWork, messages));

    public ValueTask CompleteAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default) =>
        Complete is null ? Sound.CompleteAsync(unitOfWork, deliveries, retention, cancellationToken) : new(Complete(Sound, unitOfWork, deliveries, retention));

    public ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default) =>
        BringBack is null ? Sound.BringBackAsync(unitOfWork, message, cancellationToken) : new(BringBack(Sound, unitOfWork, message));

    public ValueTask<bool> SettleAsync(UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default) =>
        Settle is null ? Sound.SettleAsync(unitOfWork, message, retention, cancellationToken) : new(Settle(Sound, unitOfWork, message, retention));

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
        Sweep is null ? Sound.SweepAsync(max, cancellationToken) : new(Sweep(Sound, max));
}

/// <summary>An <see cref="IDeadLetterStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenDeadLetters(IDeadLetterStore inner) : IDeadLetterStore
{
    public Func<IDeadLetterStore, UnitOfWork, IReadOnlyList<DeadLetter>, Task>? Add { get; set; }

    public Func<IDeadLetterStore, DeadLetterQuery, Task<Page<DeadLetter>>>? Query { get; set; }

    public Func<IDeadLetterStore, long, Task<DeadLetter?>>? Find { get; set; }

    public Func<IDeadLetterStore, UnitOfWork, long, DeadLetterState, string, string?, Task<bool>>? Close { get; set; }

    public Func<IDeadLetterStore, long, Task<IReadOnlyList<DeadLetterAct>>>? Acts { get; set; }

    public ValueTask AddAsync(UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default) =>
        Add is null ? inner.AddAsync(unitOfWork, letters, cancellationToken) : new(Add(inner, unitOfWork, letters));

    public ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) =>
        Query is null ? inner.QueryAsync(query, cancellationToken) : new(Query(inner, query));

    public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) =>
        Find is null ? inner.FindAsync(number, cancellationToken) : new(Find(inner, number));

    public ValueTask<bool> CloseAsync(
        UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note, CancellationToken cancellationToken = default) =>
        Close is null ? inner.CloseAsync(unitOfWork, number, to, by, note, cancellationToken) : new(Close(inner, unitOfWork, number, to, by, note));

    public ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) =>
        Acts is null ? inner.ActsAsync(number, cancellationToken) : new(Acts(inner, number));
}

/// <summary>An <see cref="IDeliveryPauseStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenPauses(IDeliveryPauseStore inner) : IDeliveryPauseStore
{
    public Func<IDeliveryPauseStore, MessageFlow, string, Task<DeliveryPause?>>? Find { get; set; }

    public ValueTask<bool> PauseAsync(MessageFlow flow, string name, string by, string? reason, CancellationToken cancellationToken = default) =>
        inner.PauseAsync(flow, name, by, reason, cancellationToken);

    public ValueTask<bool> ResumeAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default) =>
        inner.ResumeAsync(flow, name, cancellationToken);

    public ValueTask<DeliveryPause?> FindAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default) =>
        Find is null ? inner.FindAsync(flow, name, cancellationToken) : new(Find(inner, flow, name));
}
