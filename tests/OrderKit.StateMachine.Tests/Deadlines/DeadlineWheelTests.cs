using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.StateMachine.Tests;

public sealed class DeadlineWheelTests
{
    private static readonly long Start = new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly DeadlineWheel _wheel = new();

    [Fact]
    public void An_entry_passes_at_its_instant_and_not_before()
    {
        _wheel.Add(Start + 10, 1, 0);

        Assert.Empty(Take(Start + 9));
        Assert.Equal([new DeadlineWheelEntry(Start + 10, 1, 0)], Take(Start + 10));
        Assert.Empty(Take(Start + 11));
    }

    [Fact]
    public void What_is_overdue_when_it_is_added_passes_at_the_next_look()
    {
        Assert.Empty(Take(Start));
        _wheel.Add(Start - TimeSpan.TicksPerDay, 1, 0);
        _wheel.Add(0, 2, 0);

        Assert.Equal([1, 2], Take(Start).Select(entry => entry.Order).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(86_400)]
    [InlineData(4_096 * 4_095)]
    [InlineData(4_096 * 4_096)]
    [InlineData(4_096 * 4_097)]
    [InlineData(2_000_000_000)]
    public void An_entry_so_many_seconds_ahead_passes_in_its_second(long seconds)
    {
        Take(Start);
        var dueAt = Start + (seconds * TimeSpan.TicksPerSecond) + 7;
        _wheel.Add(dueAt, 1, 3);

        Assert.Empty(Take(dueAt - TimeSpan.TicksPerSecond));
        Assert.Empty(Take(dueAt - 1));
        Assert.Equal([new DeadlineWheelEntry(dueAt, 1, 3)], Take(dueAt));
    }

    [Fact]
    public void A_clock_that_goes_back_takes_nothing_twice()
    {
        _wheel.Add(Start, 1, 0);
        _wheel.Add(Start + TimeSpan.TicksPerHour, 2, 0);

        Assert.Single(Take(Start));
        Assert.Empty(Take(Start - TimeSpan.TicksPerDay));
        Assert.Empty(Take(Start));
        Assert.Single(Take(Start + TimeSpan.TicksPerHour));
    }

    [Fact]
    public void The_room_of_passed_entries_is_used_again()
    {
        for (var round = 0; round < 100; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                _wheel.Add(Start + round, i, 0);
            }

            Assert.Equal(100, Take(Start + round).Count);
        }

        Assert.Equal(0, _wheel.Count);
        Assert.Equal(1, _wheel.Slabs);
    }

    [Fact]
    public void A_million_entries_take_no_more_than_32_bytes_each()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000_000; i++)
        {
            _wheel.Add(Start + (i * 7_919L % 1_296_000 * TimeSpan.TicksPerSecond), i, 0);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 32_000_000);
        Assert.Equal(1_000_000, Take(Start + (1_296_000 * TimeSpan.TicksPerSecond)).Count);
    }

    [Fact]
    public void Any_history_takes_what_a_sorted_list_would() =>
        Prop.ForAll(Histories.ToArbitrary(), steps =>
        {
            var wheel = new DeadlineWheel();
            var model = new List<DeadlineWheelEntry>();
            var now = Start;
            var next = 0;
            foreach (var (isAdding, seconds, ticks, isVoid) in steps)
            {
                if (isAdding)
                {
                    var entry = new DeadlineWheelEntry(now + (seconds * TimeSpan.TicksPerSecond) + ticks, next++, isVoid ? 1 : 0);
                    wheel.Add(entry.DueAt, entry.Order, entry.Tag);
                    model.Add(entry);
                    continue;
                }

                now += (Math.Max(0, seconds) * TimeSpan.TicksPerSecond) + ticks;
                var taken = new List<DeadlineWheelEntry>();
                wheel.TakeDue(now, taken);
                Assert.Equal(model.Where(entry => entry.DueAt <= now).OrderBy(entry => entry.Order), taken.OrderBy(entry => entry.Order));
                model.RemoveAll(entry => entry.DueAt <= now);
                if (isVoid)
                {
                    wheel.Compact(Stands);
                    model.RemoveAll(entry => !Stands(entry));
                }

                Assert.Equal(model.Count, wheel.Count);
                var standing = model.Where(Stands).ToList();
                Assert.Equal(standing.Count == 0 ? null : standing.Min(entry => entry.DueAt), wheel.NextAt(Stands));
            }

            static bool Stands(DeadlineWheelEntry entry) => entry.Tag == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static Gen<(bool IsAdding, long Seconds, long Ticks, bool IsVoid)[]> Histories =>
        (from isAdding in Gen.Choose(0, 3).Select(i => i > 0)
         from seconds in Gen.OneOf(Gen.Choose(-3, 3), Gen.Choose(4_000, 4_200), Gen.Choose(-10_000, 20_000_000), Gen.Constant(4_096 * 4_096))
         from ticks in Gen.Choose(0, (int)TimeSpan.TicksPerSecond - 1)
         from isVoid in Gen.Choose(0, 4).Select(i => i == 0)
         select (isAdding, (long)seconds, (long)ticks, isVoid)).ArrayOf();

    private List<DeadlineWheelEntry> Take(long now)
    {
        var due = new List<DeadlineWheelEntry>();
        _wheel.TakeDue(now, due);
        return due;
    }
}
