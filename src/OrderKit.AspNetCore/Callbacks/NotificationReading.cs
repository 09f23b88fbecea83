using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>The result of reading a callback.</summary>
public abstract record NotificationReading
{
    private NotificationReading()
    {
    }

    /// <summary>The signature is valid.</summary>
    /// <param name="Facts">The content of the callback.</param>
    public sealed record Verified(NotificationFacts Facts) : NotificationReading;

    /// <summary>The signature is valid, and the host does not act on the content. The callback is acknowledged and not stored.</summary>
    public sealed record Irrelevant : NotificationReading;

    /// <summary>The signature is wrong, or the callback cannot be read. It is refused with 400, and nothing is stored.</summary>
    /// <param name="Reason">The reason as a code for the log, such as <c>signature</c>; never the content.</param>
    public sealed record Refused(string Reason) : NotificationReading;
}
