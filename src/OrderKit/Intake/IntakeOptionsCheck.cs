using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit;

/// <summary>Checks the settings of the intake when the host starts.</summary>
internal sealed class IntakeOptionsCheck : IValidateOptions<IntakeOptions>
{
    public ValidateOptionsResult Validate(string? name, IntakeOptions options)
    {
        var faults = new OptionFaults(nameof(IntakeOptions));
        faults.RequireBetween(options.MaximumItems, 1, 10_000);
        faults.RequireBetween(options.MaxBytes, 1, 1_000_000_000);
        faults.RequireBetween(options.QueueLimit, 1, 1_000_000);
        faults.RequireBetween(options.Writers, 1, 16);
        faults.RequireBetween(options.MaximumAttempts, 1, 20);
        faults.RequirePositive(options.Keep);
        foreach (var (source, horizon) in options.RedeliveryHorizons.Where(horizon => options.Keep <= horizon.Value))
        {
            faults.Add(nameof(options.Keep), $"is {options.Keep}, and {source} repeats a delivery for {horizon}: the last one would take effect a second time. Keep them longer.");
        }

        return faults.Result;
    }
}
