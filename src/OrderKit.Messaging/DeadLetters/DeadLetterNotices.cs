using OrderKit.Core;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Writes dead letters together with their notices.</summary>
internal static class DeadLetterNotices
{
    /// <summary>Adds dead letters and, in the same unit of work, a notice for each. Dead alerts get no notice.</summary>
    public static async ValueTask AddAsync(
        this IDeadLetterStore store, UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, AlertNotices notices,
        CancellationToken cancellationToken)
    {
        await store.AddAsync(unitOfWork, letters, cancellationToken).ConfigureAwait(false);
        var reported = letters.Where(static letter => letter.Flow != MessageFlow.Outbox || !AlertNotice.IsOfAlerts(letter.Name));
        await notices.WriteAsync(unitOfWork, reported.Select(NoticeOf), cancellationToken).ConfigureAwait(false);
    }

    // The reason is the class of the error. Its text may quote the message.
    private static AlertNotice NoticeOf(DeadLetter letter) => new(
        letter.Tenant,
        AlertKinds.DeadLetter,
        $"{(letter.Flow == MessageFlow.Outbox ? "outbox" : "inbox")} {letter.Name}",
        letter.ErrorClass,
        letter.MessageId);
}
