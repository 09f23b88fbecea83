namespace OrderKit.Idempotency;

/// <summary>
/// What became of a notification. Every outcome but <see cref="Conflict"/> is durable. Answer the provider with
/// <see cref="Acknowledgement"/>.
/// </summary>
/// <param name="Acknowledgement">The answer for the provider.</param>
public abstract record NotificationOutcome(Acknowledgement Acknowledgement)
{
    /// <summary>Its effect was written now.</summary>
    /// <param name="Acknowledgement">The answer for the provider: taken.</param>
    public sealed record Applied(Acknowledgement Acknowledgement) : NotificationOutcome(Acknowledgement);

    /// <summary>It, or another message of the same effect, was processed before; nothing was done again.</summary>
    /// <param name="Acknowledgement">The answer for the provider: taken.</param>
    /// <param name="FirstAt">When it was processed; <see langword="null"/> where the order got the same fact on another path.</param>
    public sealed record Duplicate(Acknowledgement Acknowledgement, DateTimeOffset? FirstAt) : NotificationOutcome(Acknowledgement);

    /// <summary>Its effect cannot be decided yet, such as before its order is placed. It is kept and applied later.</summary>
    /// <param name="Acknowledgement">The answer for the provider: taken, since the payment is durable and needs no further message.</param>
    /// <param name="Detail">What it waits for.</param>
    public sealed record Parked(Acknowledgement Acknowledgement, string Detail) : NotificationOutcome(Acknowledgement);

    /// <summary>The model of its order refused it. It is kept in quarantine and can be replayed once the model is corrected.</summary>
    /// <param name="Acknowledgement">The answer for the provider; see <see cref="NotificationOptions.AcknowledgesQuarantined"/>.</param>
    /// <param name="Detail">Why it was refused.</param>
    public sealed record Rejected(Acknowledgement Acknowledgement, string Detail) : NotificationOutcome(Acknowledgement);

    /// <summary>It cannot be accepted. It is kept in quarantine with the reason and can be replayed.</summary>
    /// <param name="Acknowledgement">The answer for the provider; see <see cref="NotificationOptions.AcknowledgesQuarantined"/>.</param>
    /// <param name="Reason">Why, as a code.</param>
    /// <param name="Detail">Why, as a sentence.</param>
    public sealed record Quarantined(Acknowledgement Acknowledgement, string Reason, string Detail) : NotificationOutcome(Acknowledgement);

    /// <summary>Other writers of its orders were first, again and again; it did not take effect.</summary>
    /// <param name="Acknowledgement">The answer for the provider: send it again.</param>
    public sealed record Conflict(Acknowledgement Acknowledgement) : NotificationOutcome(Acknowledgement);
}
