namespace OrderKit.Core;

/// <summary>What OrderKit tells of by itself. Hosts have kinds of their own.</summary>
public static class AlertKinds
{
    /// <summary>A message was given up.</summary>
    public const string DeadLetter = "dead-letter";

    /// <summary>A message could not pass and waits for a person.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>A case was opened.</summary>
    public const string Case = "case";
}
