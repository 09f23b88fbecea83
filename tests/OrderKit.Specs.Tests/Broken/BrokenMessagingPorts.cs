using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>An <see cref="IInboxStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenInbox(IInboxStore inner) : IInboxStore
{
    public Func<IInboxStore, UnitOfWork, IReadOnlyList<InboxMessage>, Task<IReadOnlyList<InboxReceipt>>>? Accept { get; set; }

    public Func<IInboxStore, string, int, TimeSpan, Task<IReadOnlyList<InboxDelivery>>>? Claim { get; set; }

    public Func<IInboxStore, UnitOfWork, IReadOnlyList<InboxDelivery>, TimeSpan, Task>? Complete { get; set; }

    public Func<IInboxStore, InboxDelivery, TimeSpan, string, Task<bool>>? Retry { get; set; }

    public Func<IInboxStore, UnitOfWork, InboxDelivery, Task<bool>>? SetAside { get; set; }

    public Func<IInboxStore, UnitOfWork, InboxMessage, Task<bool>>? BringBack { get; set; }

    public Func<IInboxStore, UnitOfWork, InboxMessage, TimeSpan, Task<bool>>? Settle { get; set; }

    public Func<IInboxStore, int, Task<int>>? Sweep { get; set; }

    public Func<IInboxStore, string, Task<InboxBacklog>>? Backlog { get; set; }

    public WakeUp Received => inner.Received;

    public ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default) =>
        Accept is null ? inner.AcceptAsync(unitOfWork, messages, cancellationToken) : new(Accept(inner, unitOfWork, messages));

    public ValueTask<IReadOnlyList<InboxDelivery>> ClaimAsync(string consumer, int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
        Claim is null ? inner.ClaimAsync(consumer, max, lease, cancellationToken) : new(Claim(inner, consumer, max, lease));

    public ValueTask CompleteAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default) =>
        Complete is null ? inner.CompleteAsync(unitOfWork, deliveries, retention, cancellationToken) : new(Complete(inner, unitOfWork, deliveries, retention));

    public ValueTask<bool> RetryAsync(InboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default) =>
        Retry is null ? inner.RetryAsync(delivery, pause, error, cancellationToken) : new(Retry(inner, delivery, pause, error));

    public ValueTask<bool> SetAsideAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken = default) =>
        SetAside is null ? inner.SetAsideAsync(unitOfWork, delivery, cancellationToken) : new(SetAside(inner, unitOfWork, delivery));

    public ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default) =>
        BringBack is null ? inner.BringBackAsync(unitOfWork, message, cancellationToken) : new(BringBack(inner, unitOfWork, message));

    public ValueTask<bool> SettleAsync(UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default) =>
        Settle is null ? inner.SettleAsync(unitOfWork, message, retention, cancellationToken) : new(Settle(inner, unitOfWork, message, retention));

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
        Sweep is null ? inner.SweepAsync(max, cancellationToken) : new(Sweep(inner, max));

    public ValueTask<InboxBacklog> BacklogAsync(string consumer, CancellationToken cancellationToken = default) =>
        Backlog is null ? inner.BacklogAsync(consumer, cancellationToken) : new(Backlog(inner, consumer));
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
