using System.Globalization;
using Spectre.Console;

namespace ControlTower.Diagnose;

/// <summary>Shows the progress of the run: a bar on a terminal, plain lines elsewhere.</summary>
internal abstract class DiagnoseProgress(TimeProvider time)
{
    private long _started;

    /// <summary>Runs an action with a display that suits the console.</summary>
    public static Task RunAsync(IAnsiConsole console, TimeProvider time, Func<DiagnoseProgress, Task> work)
    {
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Ansi)
        {
            return work(new Lines(console, time));
        }

        return console.Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(context => work(new Bar(context, time)));
    }

    /// <summary>Begins the next part of the run.</summary>
    public void Begin(string what)
    {
        _started = time.GetTimestamp();
        Start(what);
    }

    /// <summary>Reports the progress of the part.</summary>
    /// <param name="done">The number of units that are done.</param>
    /// <param name="unit">The name of the unit.</param>
    /// <param name="share">The progress of the part, from 0 to 1.</param>
    public void Report(long done, string unit, double share)
    {
        var seconds = time.GetElapsedTime(_started).TotalSeconds;
        Show(done, unit, Math.Clamp(share, 0, 1), done / Math.Max(seconds, 0.001), share > 0 ? seconds / share * (1 - share) : null);
    }

    /// <summary>Ends the part.</summary>
    public void End(long done, string unit) => Report(done, unit, 1);

    protected abstract void Start(string what);

    protected abstract void Show(long done, string unit, double share, double rate, double? remainingSeconds);

    private sealed class Bar(ProgressContext context, TimeProvider time) : DiagnoseProgress(time)
    {
        private ProgressTask? _task;
        private string _what = "";

        protected override void Start(string what)
        {
            _what = what;
            _task = context.AddTask(what, maxValue: 1);
        }

        protected override void Show(long done, string unit, double share, double rate, double? remainingSeconds)
        {
            _task!.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{_what} {done:N0} {unit}, {rate:N0}/s"));
            _task.Value = share;
        }
    }

    private sealed class Lines(IAnsiConsole console, TimeProvider time) : DiagnoseProgress(time)
    {
        private const double Step = 0.1;

        private string _what = "";
        private double _next;

        protected override void Start(string what) => (_what, _next) = (what, Step);

        protected override void Show(long done, string unit, double share, double rate, double? remainingSeconds)
        {
            if (share < _next)
            {
                return;
            }

            _next = share >= 1 ? double.PositiveInfinity : (Math.Floor(share / Step) + 1) * Step;
            var remaining = share < 1 && remainingSeconds is { } s ? string.Create(CultureInfo.InvariantCulture, $", {s:N0} s left") : "";
            console.Profile.Out.Writer.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{_what}: {share * 100:N0} %, {done:N0} {unit}, {rate:N0}/s{remaining}"));
        }
    }
}
