using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>Writes notices for alerts to the outbox, in the caller's unit of work. Without <c>AddAlerts</c> it writes none.</summary>
public sealed class AlertNotices
{
    private readonly IOutboxStore? _outbox;

    /// <summary>Creates a writer. Hosts with a container get it from there.</summary>
    /// <param name="outbox">The outbox for the notices, or <see langword="null"/> to write none.</param>
    public AlertNotices(IOutboxStore? outbox) => _outbox = outbox;

    /// <summary>A writer that writes no notices.</summary>
    public static AlertNotices None { get; } = new(null);

    /// <summary>Whether notices are written.</summary>
    public bool IsEnabled => _outbox is not null;

    /// <summary>Writes notices. They are sent when the unit of work commits, and never without it.</summary>
    /// <param name="unitOfWork">The transaction of what the notices report.</param>
    /// <param name="notices">The notices. Not enumerated when none are written.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public ValueTask WriteAsync(UnitOfWork unitOfWork, IEnumerable<AlertNotice> notices, CancellationToken cancellationToken = default)
    {
        if (_outbox is null)
        {
            return default;
        }

        OutboxMessage[] messages = [.. notices.Select(static notice => notice.ToMessage())];
        return messages.Length == 0 ? default : _outbox.AppendAsync(unitOfWork, messages, cancellationToken);
    }
}
