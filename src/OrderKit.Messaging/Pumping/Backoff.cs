using System.Security.Cryptography;

namespace OrderKit.Messaging;

/// <summary>Pauses that double, with full jitter.</summary>
internal static class Backoff
{
    /// <summary>A number of chance, above 0 and up to 1.</summary>
    public static double Chance() => RandomNumberGenerator.GetInt32(1, 1_000_001) / 1_000_000.0;

    /// <summary>The pause after an attempt: anything between nothing and the doubled pause, so that what failed together does not return together.</summary>
    public static TimeSpan After(int attempt, TimeSpan first, TimeSpan longest, double chance)
    {
        var ceiling = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30)));
        return TimeSpan.FromMilliseconds(Math.Max(1, ceiling * chance));
    }

    /// <summary>What a failure says of the pause; <see langword="null"/> where it says nothing.</summary>
    public static TimeSpan? Asked(Exception failure) => (failure as RetryLaterException)?.Pause;
}
