using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the pump when the host starts.</summary>
internal sealed class OutboxPumpOptionsCheck : IValidateOptions<OutboxPumpOptions>
{
    public ValidateOptionsResult Validate(string? name, OutboxPumpOptions options)
    {
        var faults = new OptionFaults(nameof(OutboxPumpOptions));
        faults.RequireText(options.Destination, "it is the destination that OrderLifecycleOptions.EventDestination names.");
        faults.RequirePositive(options.PollInterval);
        faults.RequireBetween(options.BatchSize, 1, 10_000);
        faults.RequireBetween(options.MaxConcurrency, 1, 1_000);
        faults.RequirePositive(options.Lease);
        faults.RequirePositive(options.FirstDelay);
        faults.RequireNotBelow(options.MaxDelay, options.FirstDelay);
        faults.RequireAtLeastOne(options.MaxAttempts);
        faults.RequirePositive(options.MaxAge);
        faults.RequireAtLeastOne(options.FailuresToBreak);
        faults.RequirePositive(options.FirstBreak);
        faults.RequireNotBelow(options.MaxBreak, options.FirstBreak);
        return faults.Result;
    }
}
