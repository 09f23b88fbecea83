using System.Globalization;
using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of alerts when the host starts.</summary>
internal sealed class AlertOptionsCheck : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        var faults = new List<string>();
        Positive(options.SweepInterval, nameof(options.SweepInterval));
        Positive(options.Lease, nameof(options.Lease));
        Positive(options.Quiet, nameof(options.Quiet));
        if (options.Gather < TimeSpan.Zero)
        {
            faults.Add($"AlertOptions.Gather is {options.Gather}; it is at least nothing.");
        }

        Between(options.Subjects, 1, 50, nameof(options.Subjects));
        Between(options.BatchSize, 2, 10_000, nameof(options.BatchSize));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Between(int value, int least, int most, string setting)
        {
            if (value < least || value > most)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"AlertOptions.{setting} is {value}; it lies between {least} and {most:N0}."));
            }
        }

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"AlertOptions.{setting} is {value}; it must be longer than nothing.");
            }
        }
    }
}
