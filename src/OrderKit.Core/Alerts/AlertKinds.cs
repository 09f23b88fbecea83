namespace OrderKit.Core;

/// <summary>The kinds of alerts that OrderKit writes. Hosts may add kinds of their own.</summary>
public static class AlertKinds
{
    /// <summary>A message was given up and became a dead letter.</summary>
    public const string DeadLetter = "dead-letter";

    /// <summary>A message cannot be accepted and waits for a person.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>A case was opened.</summary>
    public const string Case = "case";
}
