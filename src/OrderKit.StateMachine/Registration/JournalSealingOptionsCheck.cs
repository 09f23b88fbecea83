using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Checks the settings of sealing when the host starts.</summary>
internal sealed class JournalSealingOptionsCheck : IValidateOptions<JournalSealingOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalSealingOptions options)
    {
        var faults = new OptionFaults(nameof(JournalSealingOptions));
        faults.RequireBetween(options.BatchSize, 1, 100_000);
        faults.RequirePositive(options.LeaseDuration);
        faults.RequirePositive(options.Interval);
        return faults.Result;
    }
}
