namespace OrderKit.Messaging.Tests;

/// <summary>Verdicts over windows written by hand, one sample a minute.</summary>
public sealed class LagJudgeTests
{
    // Minutes as text: how many wait, when the oldest was written, how often it was tried, and whether it may be taken.
    [Theory]
    // Nothing waits: an empty queue never alarms, however seldom it was looked at.
    [InlineData("0", LagVerdict.Idle)]
    [InlineData("0 0 0 0", LagVerdict.Idle)]
    [InlineData("9@-5#3 0", LagVerdict.Idle)]
    [InlineData("", LagVerdict.Unknown)]
    [InlineData("5@-1#0d 5@-1#0d", LagVerdict.Unknown)]
    // Nothing waited even once in the window: it kept up, and this is a burst.
    [InlineData("0 500@1#0d 900@1#0d", LagVerdict.Advancing)]
    [InlineData("5@-9#0d 0 5@2#0d", LagVerdict.Advancing)]
    // The oldest is replaced by younger ones, and its wait does not grow.
    [InlineData("5@-1#1 5@0#1 5@1#1 5@2#1", LagVerdict.Advancing)]
    [InlineData("10001@-90#1 10001@-85#1 10001@-80#1", LagVerdict.Advancing)]
    [InlineData("10001@-90#1 9000@-90#0d 10001@-80#1", LagVerdict.Advancing)]
    // Messages go out, fewer than come in: the wait grows with each look.
    [InlineData("10@-10#1 20@-9.5#1 30@-9#1 40@-8.5#1", LagVerdict.FallingBehind)]
    [InlineData("10001@-10#1 10001@-9.5#1 10001@-9#1", LagVerdict.FallingBehind)]
    // The wait grew, but the queue is shorter than it was.
    [InlineData("40@-10#1 30@-9.5#1 20@-9#1", LagVerdict.Advancing)]
    // The oldest is tried again and again.
    [InlineData("5@-5#1 5@-5#2 6@-5#3", LagVerdict.Stalled)]
    // The oldest waits for its next attempt for longer than the window.
    [InlineData("5@-5#7 5@-5#7 6@-5#7", LagVerdict.Stalled)]
    // The oldest holds back its lane, and others go out beside it.
    [InlineData("5@-5#0d 3@-5#0d 6@-5#0d", LagVerdict.Stalled)]
    [InlineData("9@-5#4 7@-5#5 6@-5#6", LagVerdict.Advancing)]
    // Nobody takes what is due: the consumer is silent.
    [InlineData("5@-5#0d 5@-5#0d 5@-5#0d", LagVerdict.Stopped)]
    [InlineData("5@-5#0d 50@-5#0d 80000@-5#0d", LagVerdict.Stopped)]
    [InlineData("10001@-5#2d 10001@-5#2d 10001@-5#2d", LagVerdict.Stopped)]
    public void A_window_has_a_verdict(string window, LagVerdict verdict) => Assert.Equal(verdict, LagJudge.Judge(Window(window)));

    [Fact]
    public void A_consumer_that_falls_silent_is_told_from_a_busy_one_within_one_window()
    {
        // Busy for ten minutes, then silent, while one message a minute arrives.
        var samples = Enumerable.Range(0, 10).Select(i => Sample(i, 2, i - 1, 1, false))
            .Concat(Enumerable.Range(10, 10).Select(i => Sample(i, i - 7, 9, 0, true))).ToList();

        Assert.Equal(LagVerdict.Advancing, LagJudge.Judge(samples[..10]));
        Assert.Equal(LagVerdict.Stopped, LagJudge.Judge(samples[10..]));
    }

    private static List<LagSample> Window(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((part, minute) => Parse(part, minute))];

    private static LagSample Parse(string part, int minute)
    {
        var fields = part.TrimEnd('d').Split('@', '#');
        return fields.Length == 1
            ? new LagSample(Post.Noon.AddMinutes(minute), int.Parse(fields[0], null), null, 0, false)
            : Sample(minute, int.Parse(fields[0], null), double.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), int.Parse(fields[2], null), part.EndsWith('d'));
    }

    private static LagSample Sample(int minute, int pending, double oldest, int attempts, bool isDue) =>
        new(Post.Noon.AddMinutes(minute), pending, Post.Noon.AddMinutes(oldest), attempts, isDue);
}
