namespace OrderKit.Messaging;

/// <summary>Where and how alerts are posted.</summary>
public sealed class WebhookAlertOptions
{
    private const int LeastSecret = 16;

    /// <summary>The sink's name; another one for each.</summary>
    /// <value><c>webhook</c>.</value>
    public string Name { get; set; } = "webhook";

    /// <summary>Where to: https, or http on this machine.</summary>
    public Uri? Address { get; set; }

    /// <summary>What signs the alerts: at least 16 characters that the receiver knows too.</summary>
    public string Secret { get; set; } = "";

    /// <summary>How long the receiver may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "WebhookAlertOptions.Name is empty.";
        }

        if (!AlertAddress.IsSafe(Address))
        {
            yield return "WebhookAlertOptions.Address is an absolute https address, or http on this machine.";
        }

        if (Secret.Length < LeastSecret)
        {
            yield return $"WebhookAlertOptions.Secret has {Secret.Length} characters; it has at least {LeastSecret}.";
        }

        if (Timeout <= TimeSpan.Zero)
        {
            yield return $"WebhookAlertOptions.Timeout is {Timeout}; it must be longer than nothing.";
        }
    }
}
