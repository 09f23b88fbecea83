using System.Security.Cryptography;

namespace OrderKit.Messaging;

/// <summary>Delays that double, with full jitter.</summary>
internal static class Backoff
{
    /// <summary>A random number above 0 and up to 1.</summary>
    public static double Chance() => RandomNumberGenerator.GetInt32(1, 1_000_001) / 1_000_000.0;

    /// <summary>The delay after an attempt: a random part of the doubled delay, so that messages that failed together are spread.</summary>
    public static TimeSpan After(int attempt, TimeSpan first, TimeSpan max, double chance)
    {
        var ceiling = Math.Min(max.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30)));
        return TimeSpan.FromMilliseconds(Math.Max(1, ceiling * chance));
    }
}
