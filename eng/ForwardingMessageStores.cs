using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.Messaging.Storage;

namespace OrderKit.Eng;

/// <summary>Forwards every call. Derived classes override single calls, or intercept all of them.</summary>
internal abstract class ForwardingLaneStore<TDelivery>(ILaneStore<TDelivery> inner) : ILaneStore<TDelivery>
    where TDelivery : MessageDelivery
{
    public WakeUp Written => inner.Written;

    public virtual ValueTask<IReadOnlyList<TDelivery>> ClaimAsync(
        string name, int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.ClaimAsync(name, max, lease, cancellationToken));

    public virtual ValueTask<bool> StartAsync(TDelivery delivery, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.StartAsync(delivery, cancellationToken));

    public virtual ValueTask<bool> RetryAsync(
        TDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.RetryAsync(delivery, delay, error, cancellationToken));

    public virtual async ValueTask ReleaseAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken = default) =>
        await CallAsync(() => DoneAsync(inner.ReleaseAsync(deliveries, cancellationToken))).ConfigureAwait(false);

    public virtual ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, TDelivery delivery, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.RemoveAsync(Unwrap(unitOfWork), delivery, cancellationToken));

    public ValueTask<MessageBacklog> BacklogAsync(string name, CancellationToken cancellationToken = default) =>
        inner.BacklogAsync(name, cancellationToken);

    protected virtual UnitOfWork Unwrap(UnitOfWork unitOfWork) => unitOfWork;

    protected virtual ValueTask<T> CallAsync<T>(Func<ValueTask<T>> act) => act();

    protected static async ValueTask<bool> DoneAsync(ValueTask act)
    {
        await act.ConfigureAwait(false);
        return true;
    }
}

/// <summary>An outbox that forwards every call.</summary>
internal abstract class ForwardingOutboxStore(IOutboxStore inner) : ForwardingLaneStore<OutboxDelivery>(inner), IOutboxStore
{
    public virtual async ValueTask AppendAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default) =>
        await CallAsync(() => DoneAsync(inner.AppendAsync(Unwrap(unitOfWork), messages, cancellationToken))).ConfigureAwait(false);

    public virtual ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.CompleteAsync(deliveries, cancellationToken));
}

/// <summary>An inbox that forwards every call.</summary>
internal abstract class ForwardingInboxStore(IInboxStore inner) : ForwardingLaneStore<InboxDelivery>(inner), IInboxStore
{
    public virtual ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.AcceptAsync(Unwrap(unitOfWork), messages, cancellationToken));

    public virtual async ValueTask CompleteAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention,
        CancellationToken cancellationToken = default) =>
        await CallAsync(
            () => DoneAsync(inner.CompleteAsync(Unwrap(unitOfWork), deliveries, retention, cancellationToken))).ConfigureAwait(false);

    public virtual ValueTask<bool> BringBackAsync(
        UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.BringBackAsync(Unwrap(unitOfWork), message, cancellationToken));

    public virtual ValueTask<bool> SettleAsync(
        UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.SettleAsync(Unwrap(unitOfWork), message, retention, cancellationToken));

    public virtual ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
        CallAsync(() => inner.SweepAsync(max, cancellationToken));
}
