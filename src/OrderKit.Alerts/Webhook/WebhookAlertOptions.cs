namespace OrderKit.Alerts;

/// <summary>The address that alerts are posted to, and the secret that signs them.</summary>
public sealed class WebhookAlertOptions
{
    private const int MinSecretLength = 16;

    /// <summary>The sink's name. Each sink has a name of its own.</summary>
    /// <value><c>webhook</c>.</value>
    public string Name { get; set; } = "webhook";

    /// <summary>The address: https, or http on this machine.</summary>
    public Uri? Address { get; set; }

    /// <summary>The secret that signs the alerts: at least 16 characters, known to the receiver.</summary>
    public string Secret { get; set; } = "";

    /// <summary>How long one request may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "WebhookAlertOptions.Name is empty. Set a name.";
        }

        if (!AlertAddress.IsSafe(Address))
        {
            yield return "WebhookAlertOptions.Address must be an absolute https address, or http on this machine.";
        }

        if (Secret.Length < MinSecretLength)
        {
            yield return $"WebhookAlertOptions.Secret has {Secret.Length} characters. It must have at least {MinSecretLength}.";
        }

        if (Timeout <= TimeSpan.Zero)
        {
            yield return $"WebhookAlertOptions.Timeout is {Timeout}; it must be positive.";
        }
    }
}
