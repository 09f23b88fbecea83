using OrderKit.Core;

namespace OrderKit.Alerts.Tests;

internal static class Samples
{
    public static Alert Alert { get; } = new()
    {
        Id = "a1b2",
        Kind = AlertKinds.DeadLetter,
        Source = "outbox events",
        Reason = "TimeoutException",
        Count = 10_000,
        Subjects = ["m-1", "m-2"],
        FirstAt = new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero), LastAt = new DateTimeOffset(2026, 2, 6, 4, 5, 0, TimeSpan.Zero),
    };
}
