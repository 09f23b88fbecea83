using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the inbox pump when the host starts.</summary>
internal sealed class InboxPumpOptionsCheck : IValidateOptions<InboxPumpOptions>
{
    public ValidateOptionsResult Validate(string? name, InboxPumpOptions options)
    {
        var faults = new OptionFaults(nameof(InboxPumpOptions));
        faults.RequirePositive(options.PollInterval);
        faults.RequireBetween(options.BatchSize, 1, 10_000);
        faults.RequireBetween(options.MessagesPerTransaction, 1, 10_000);
        faults.RequirePositive(options.TransactionTime);
        faults.RequireBetween(options.MaxConcurrency, 1, 1_000);
        faults.RequirePositive(options.Lease);
        faults.RequirePositive(options.FirstDelay);
        faults.RequireNotBelow(options.MaxDelay, options.FirstDelay);
        faults.RequireAtLeastOne(options.MaxAttempts);
        faults.RequirePositive(options.MaxAge);
        faults.RequirePositive(options.Retention);
        faults.RequirePositive(options.RedeliveryHorizon);
        faults.RequirePositive(options.CleaningInterval);
        if (options.Retention > TimeSpan.Zero && options.Retention <= options.RedeliveryHorizon)
        {
            faults.Add(nameof(options.Retention), $"is {options.Retention}, and a message may be repeated for {options.RedeliveryHorizon}: the last one would take effect a second time. Keep them longer.");
        }

        return faults.Result;
    }
}
