using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Checks the settings of the deadlines when the host starts.</summary>
internal sealed class DeadlineOptionsCheck : IValidateOptions<DeadlineOptions>
{
    public ValidateOptionsResult Validate(string? name, DeadlineOptions options)
    {
        var faults = new OptionFaults(nameof(DeadlineOptions));
        faults.RequirePositive(options.ScanInterval);
        faults.RequirePositive(options.Lease);
        faults.RequirePositive(options.Pause);
        faults.RequireBetween(options.BatchSize, 1, 10_000);
        faults.RequireBetween(options.MaxConcurrentProbes, 1, 1_000);
        return faults.Result;
    }
}
