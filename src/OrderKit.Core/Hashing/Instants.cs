namespace OrderKit.Core;

/// <summary>Cuts instants to microseconds: databases keep no more, and a hash must stay the same after a round trip.</summary>
public static class Instants
{
    private static readonly long UnixEpochMicroseconds = DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Cuts the instant to microseconds and converts it to UTC.</summary>
    /// <remarks>It always rounds down, also before 1970, so that the order of instants is kept.</remarks>
    public static DateTimeOffset ToMicroseconds(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The microseconds since 1970-01-01T00:00Z, cut towards the past; negative before that day.</summary>
    public static long ToUnixMicroseconds(DateTimeOffset instant) =>
        (instant.UtcTicks / TimeSpan.TicksPerMicrosecond) - UnixEpochMicroseconds;

    /// <summary>The instant in UTC that is so many microseconds after 1970-01-01T00:00Z.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant would lie outside the years 1 to 9999.</exception>
    public static DateTimeOffset FromUnixMicroseconds(long microseconds) =>
        TryFromUnixMicroseconds(microseconds, out var instant)
            ? instant
            : throw new ArgumentOutOfRangeException(
                nameof(microseconds), microseconds, "The instant lies outside the years 1 to 9999; was the number in another unit?");

    internal static bool TryFromUnixMicroseconds(long microseconds, out DateTimeOffset instant)
    {
        var sinceYearOne = (Int128)microseconds + UnixEpochMicroseconds;
        var inRange = sinceYearOne >= 0 && sinceYearOne <= DateTimeOffset.MaxValue.UtcTicks / TimeSpan.TicksPerMicrosecond;
        instant = inRange ? new DateTimeOffset((long)sinceYearOne * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero) : default;
        return inRange;
    }
}
