using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.Core.Tests;

public sealed class InstantsTests
{
    // A day from either end of time, so that every offset still gives a valid local time.
    private static readonly Arbitrary<DateTimeOffset> AnyInstant = (
        from ticks in Generators.AnyLong.Select(n => (n & long.MaxValue) % (DateTimeOffset.MaxValue.UtcTicks - (2 * TimeSpan.TicksPerDay)))
        from hours in Gen.Choose(-14, 14)
        select new DateTimeOffset(ticks + TimeSpan.TicksPerDay, TimeSpan.Zero).ToOffset(TimeSpan.FromHours(hours))).ToArbitrary();

    [Fact]
    public void An_instant_is_cut_to_microseconds_in_utc()
    {
        var instant = new DateTimeOffset(2026, 2, 9, 8, 0, 0, TimeSpan.FromHours(8)).AddTicks(1_234_567);
        var cut = Instants.ToMicroseconds(instant);
        Assert.Equal(new DateTimeOffset(2026, 2, 9, 0, 0, 0, TimeSpan.Zero).AddTicks(1_234_560), cut);
        Assert.Equal(TimeSpan.Zero, cut.Offset);
    }

    [Fact]
    public void Before_1970_too_an_instant_is_cut_towards_the_past()
    {
        Assert.Equal(-1, Instants.ToUnixMicroseconds(DateTimeOffset.UnixEpoch.AddTicks(-1)));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(-10), Instants.ToMicroseconds(DateTimeOffset.UnixEpoch.AddTicks(-1)));
        Assert.Equal(0, Instants.ToUnixMicroseconds(DateTimeOffset.UnixEpoch.AddTicks(9)));
    }

    [Fact]
    public void Cutting_and_counting_agree() =>
        Prop.ForAll(AnyInstant, instant =>
        {
            var cut = Instants.ToMicroseconds(instant);
            return Instants.FromUnixMicroseconds(Instants.ToUnixMicroseconds(instant)) == cut
                && cut.Offset == TimeSpan.Zero
                && Instants.ToMicroseconds(cut) == cut
                && instant - cut >= TimeSpan.Zero && instant - cut < TimeSpan.FromMicroseconds(1);
        }).Check(Generators.Config);

    [Fact]
    public void The_ends_of_time_are_kept_and_what_lies_beyond_is_refused()
    {
        var first = Instants.ToUnixMicroseconds(DateTimeOffset.MinValue);
        var last = Instants.ToUnixMicroseconds(DateTimeOffset.MaxValue);
        Assert.Equal(DateTimeOffset.MinValue, Instants.FromUnixMicroseconds(first));
        Assert.Equal(DateTimeOffset.MaxValue.AddTicks(-9), Instants.FromUnixMicroseconds(last));
        Assert.Throws<ArgumentOutOfRangeException>(() => Instants.FromUnixMicroseconds(first - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Instants.FromUnixMicroseconds(last + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Instants.FromUnixMicroseconds(long.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => Instants.FromUnixMicroseconds(long.MaxValue));
    }
}
