using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the pump when the host starts.</summary>
internal sealed class OutboxPumpOptionsCheck : IValidateOptions<OutboxPumpOptions>
{
    public ValidateOptionsResult Validate(string? name, OutboxPumpOptions options)
    {
        var faults = new List<string>();
        Positive(options.SweepInterval, nameof(options.SweepInterval));
        Positive(options.Lease, nameof(options.Lease));
        Positive(options.FirstPause, nameof(options.FirstPause));
        Positive(options.LongestPause, nameof(options.LongestPause));
        Positive(options.MaxAge, nameof(options.MaxAge));
        Positive(options.FirstRest, nameof(options.FirstRest));
        Positive(options.LongestRest, nameof(options.LongestRest));
        AtLeastOne(options.MaxAttempts, nameof(options.MaxAttempts));
        AtLeastOne(options.FailuresToRest, nameof(options.FailuresToRest));
        if (options.BatchSize is < 1 or > 10_000)
        {
            faults.Add($"OutboxPumpOptions.BatchSize is {options.BatchSize}; it lies between 1 and 10,000.");
        }

        if (options.MaxConcurrency is < 1 or > 1_000)
        {
            faults.Add($"OutboxPumpOptions.MaxConcurrency is {options.MaxConcurrency}; it lies between 1 and 1,000.");
        }

        if (string.IsNullOrWhiteSpace(options.Destination))
        {
            faults.Add("OutboxPumpOptions.Destination is empty; it is the destination that OrderLifecycleOptions.EventDestination names.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void AtLeastOne(int value, string setting)
        {
            if (value < 1)
            {
                faults.Add($"OutboxPumpOptions.{setting} is {value}; it is at least 1.");
            }
        }

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"OutboxPumpOptions.{setting} is {value}; it must be longer than nothing.");
            }
        }
    }
}
