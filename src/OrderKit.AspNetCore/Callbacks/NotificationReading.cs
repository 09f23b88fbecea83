using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>What the host made of a callback.</summary>
public abstract record NotificationReading
{
    private NotificationReading()
    {
    }

    /// <summary>Its signature is right, and this is what it says.</summary>
    /// <param name="Facts">What it says.</param>
    public sealed record Verified(NotificationFacts Facts) : NotificationReading;

    /// <summary>Its signature is right, and it says nothing that the host acts on: it is acknowledged and forgotten.</summary>
    public sealed record Irrelevant : NotificationReading;

    /// <summary>Its signature is wrong, or it cannot be read: it is answered with 400, and nothing is stored.</summary>
    /// <param name="Reason">Why, as a code for the log, such as <c>signature</c>; never what was sent.</param>
    public sealed record Refused(string Reason) : NotificationReading;
}
