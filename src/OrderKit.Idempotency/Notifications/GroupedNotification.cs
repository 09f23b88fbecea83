using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>A notification that shares a transaction.</summary>
internal sealed class GroupedNotification(
    NotificationFacts notification, QuarantineRelease? release, AcknowledgementProtocol protocol) : GroupMember
{
    // What its keys, fingerprints and columns need, beside the message itself.
    private const int Overhead = 1_024;

    public NotificationFacts Notification => notification;

    /// <summary>Set where it is replayed.</summary>
    public QuarantineRelease? Release => release;

    /// <summary>Why its orders refused it in a transaction that was rolled back.</summary>
    public string? Refusal { get; set; }

    /// <summary>Set where it takes effect in the transaction that is being written.</summary>
    public NotificationEffect? Effect { get; set; }

    /// <summary>What becomes of it once its transaction is durable.</summary>
    public NotificationOutcome? Outcome { get; set; }

    public override int Size => Overhead + notification.Raw.Length;

    protected internal override bool TryConclude(StoredOperation row)
    {
        if (release is not null)
        {
            // The message in quarantine is released in a transaction.
            return false;
        }

        Outcome = new NotificationOutcome.Duplicate(protocol.Taken, row.FinishedAt ?? row.CreatedAt);
        return true;
    }
}

/// <summary>The message in quarantine that is released when its notification takes effect, and by whom.</summary>
internal sealed record QuarantineRelease(long Number, string OperatorId, string Note);
