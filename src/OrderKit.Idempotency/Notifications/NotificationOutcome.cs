namespace OrderKit.Idempotency;

/// <summary>What became of a notification. All of it is durable; answer the provider with <see cref="Acknowledgement"/>.</summary>
/// <param name="Acknowledgement">What the provider is answered.</param>
public abstract record NotificationOutcome(Acknowledgement Acknowledgement)
{
    /// <summary>It took effect now.</summary>
    public sealed record Applied(Acknowledgement Acknowledgement) : NotificationOutcome(Acknowledgement);

    /// <summary>It, or another message of the same, took effect before.</summary>
    /// <param name="Acknowledgement">What the provider is answered.</param>
    /// <param name="FirstAt">When.</param>
    public sealed record Repeated(Acknowledgement Acknowledgement, DateTimeOffset FirstAt) : NotificationOutcome(Acknowledgement);

    /// <summary>It is kept in quarantine and took no effect.</summary>
    /// <param name="Acknowledgement">What the provider is answered.</param>
    /// <param name="Reason">Why, as a code.</param>
    /// <param name="Detail">Why, as a sentence.</param>
    public sealed record Quarantined(Acknowledgement Acknowledgement, string Reason, string Detail) : NotificationOutcome(Acknowledgement);
}
