using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the lag monitor when the host starts.</summary>
internal sealed class LagOptionsCheck : IValidateOptions<LagOptions>
{
    public ValidateOptionsResult Validate(string? name, LagOptions options)
    {
        var faults = new OptionFaults(nameof(LagOptions));
        faults.RequireBetween(options.Window, LagJudge.FewestSamples, 1_000);
        return faults.Result;
    }
}
