using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of alerts when the host starts.</summary>
internal sealed class AlertOptionsCheck : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        var faults = new OptionFaults(nameof(AlertOptions));
        faults.RequirePositive(options.SweepInterval);
        faults.RequirePositive(options.Lease);
        faults.RequirePositive(options.Quiet);
        if (options.Gather < TimeSpan.Zero)
        {
            faults.Add(nameof(options.Gather), $"is {options.Gather}; it is at least nothing.");
        }

        faults.RequireBetween(options.Subjects, 1, 50);
        faults.RequireBetween(options.BatchSize, 2, 10_000);
        return faults.Result;
    }
}
