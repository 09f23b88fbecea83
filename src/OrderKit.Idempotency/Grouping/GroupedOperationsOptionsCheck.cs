using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Checks the settings of grouped operations when the host starts.</summary>
internal sealed class GroupedOperationsOptionsCheck : IValidateOptions<GroupedOperationsOptions>
{
    public ValidateOptionsResult Validate(string? name, GroupedOperationsOptions options)
    {
        var faults = new OptionFaults(nameof(GroupedOperationsOptions));
        options.AddFaultsTo(faults);
        return faults.Result;
    }
}
