using Microsoft.Extensions.Options;

namespace OrderKit.StateMachine;

/// <summary>Checks the settings of sealing when the host starts.</summary>
internal sealed class JournalSealingOptionsCheck : IValidateOptions<JournalSealingOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalSealingOptions options)
    {
        var faults = new List<string>();
        if (options.BatchSize is < 1 or > 100_000)
        {
            faults.Add($"JournalSealingOptions.BatchSize is {options.BatchSize}; it lies between 1 and 100,000.");
        }

        if (options.LeaseDuration <= TimeSpan.Zero)
        {
            faults.Add($"JournalSealingOptions.LeaseDuration is {options.LeaseDuration}; it must be longer than nothing.");
        }

        if (options.Interval <= TimeSpan.Zero)
        {
            faults.Add($"JournalSealingOptions.Interval is {options.Interval}; it must be longer than nothing.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
