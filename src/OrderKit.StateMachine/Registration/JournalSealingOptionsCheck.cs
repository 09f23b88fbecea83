using Microsoft.Extensions.Options;

namespace OrderKit.StateMachine;

/// <summary>Checks how the journal is sealed when the host starts.</summary>
internal sealed class JournalSealingOptionsCheck : IValidateOptions<JournalSealingOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalSealingOptions options)
    {
        var faults = new List<string>();
        if (options.BatchSize is < 1 or > 100_000)
        {
            faults.Add($"JournalSealingOptions.BatchSize is {options.BatchSize}; it lies between 1 and 100,000.");
        }

        Positive(options.LeaseDuration, nameof(options.LeaseDuration));
        Positive(options.Interval, nameof(options.Interval));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"JournalSealingOptions.{setting} is {value}; it must be longer than nothing.");
            }
        }
    }
}
