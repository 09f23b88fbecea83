using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the inbox pump when the host starts.</summary>
internal sealed class InboxPumpOptionsCheck : IValidateOptions<InboxPumpOptions>
{
    public ValidateOptionsResult Validate(string? name, InboxPumpOptions options)
    {
        var faults = new List<string>();
        Positive(options.SweepInterval, nameof(options.SweepInterval));
        Positive(options.Lease, nameof(options.Lease));
        Positive(options.TransactionTime, nameof(options.TransactionTime));
        Positive(options.FirstPause, nameof(options.FirstPause));
        Positive(options.LongestPause, nameof(options.LongestPause));
        Positive(options.MaxAge, nameof(options.MaxAge));
        Positive(options.Retention, nameof(options.Retention));
        Positive(options.CleaningInterval, nameof(options.CleaningInterval));
        Positive(options.RedeliveryHorizon, nameof(options.RedeliveryHorizon));
        if (options.Retention > TimeSpan.Zero && options.Retention <= options.RedeliveryHorizon)
        {
            faults.Add($"InboxPumpOptions.Retention is {options.Retention}, and a message may be repeated for {options.RedeliveryHorizon}: the last one would take effect a second time. Keep them longer.");
        }

        if (options.BatchSize is < 1 or > 10_000)
        {
            faults.Add($"InboxPumpOptions.BatchSize is {options.BatchSize}; it lies between 1 and 10,000.");
        }

        if (options.MessagesPerTransaction is < 1 or > 10_000)
        {
            faults.Add($"InboxPumpOptions.MessagesPerTransaction is {options.MessagesPerTransaction}; it lies between 1 and 10,000.");
        }

        if (options.MaxConcurrency is < 1 or > 1_000)
        {
            faults.Add($"InboxPumpOptions.MaxConcurrency is {options.MaxConcurrency}; it lies between 1 and 1,000.");
        }

        if (options.MaxAttempts < 1)
        {
            faults.Add($"InboxPumpOptions.MaxAttempts is {options.MaxAttempts}; it is at least 1.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"InboxPumpOptions.{setting} is {value}; it must be longer than nothing.");
            }
        }
    }
}
