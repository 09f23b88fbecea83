using System.Globalization;

namespace OrderKit.Core.Tests;

public sealed class OptionFaultsTests
{
    [Fact]
    public void Settings_that_work_have_no_fault()
    {
        var (options, faults) = (new Settings(), new OptionFaults(nameof(Settings)));

        faults.RequirePositive(options.Pause);
        faults.RequireBetween(options.Batch, 1_000, 10_000);
        faults.RequireBetween(options.Batch, 1, 1_000);
        faults.RequireAtLeastOne(options.Tries);
        faults.RequireNotBelow(options.LongestPause, options.Pause);
        faults.RequireText(options.Name, "give it one.");

        Assert.True(faults.Result.Succeeded);
    }

    [Fact]
    public void Each_fault_names_the_setting_its_value_and_the_rule_in_any_culture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            var faults = new OptionFaults(nameof(Settings));
            var options = new Settings { Pause = TimeSpan.Zero, Batch = 10_001, Tries = 0, Name = " " };
            faults.RequirePositive(options.Pause);
            faults.RequireBetween(options.Batch, 1, 10_000);
            faults.RequireAtLeastOne(options.Tries);
            faults.RequireNotBelow(options.Pause, options.LongestPause);
            faults.RequireText(options.Name, "give it one.");
            faults.Add(nameof(options.Name), "rhymes.");
            faults.Add("All is lost.");

            Assert.Equal(
                [
                    "Settings.Pause is 00:00:00; it must be longer than nothing.", "Settings.Batch is 10001; it lies between 1 and 10,000.",
                    "Settings.Tries is 0; it is at least 1.", "Settings.Pause is 00:00:00; it is at least LongestPause, 00:00:00.0000001.",
                    "Settings.Name is empty; give it one.", "Settings.Name rhymes.", "All is lost.",
                ],
                faults.Result.Failures);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private sealed class Settings
    {
        public TimeSpan Pause { get; init; } = TimeSpan.FromTicks(1);

        public TimeSpan LongestPause { get; init; } = TimeSpan.FromTicks(1);

        public int Batch { get; init; } = 1_000;

        public int Tries { get; init; } = 1;

        public string Name { get; init; } = "n";
    }
}
