using Microsoft.Extensions.Options;

namespace OrderKit.StateMachine;

/// <summary>Checks the settings of the deadlines when the host starts.</summary>
internal sealed class DeadlineOptionsCheck : IValidateOptions<DeadlineOptions>
{
    public ValidateOptionsResult Validate(string? name, DeadlineOptions options)
    {
        var faults = new List<string>();
        Positive(options.ScanInterval, nameof(options.ScanInterval));
        Positive(options.Lease, nameof(options.Lease));
        Positive(options.Pause, nameof(options.Pause));
        if (options.BatchSize is < 1 or > 10_000)
        {
            faults.Add($"DeadlineOptions.BatchSize is {options.BatchSize}; it lies between 1 and 10,000.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"DeadlineOptions.{setting} is {value}; it must be longer than nothing.");
            }
        }
    }
}
