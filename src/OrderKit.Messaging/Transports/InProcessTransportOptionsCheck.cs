using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the transport within one process when the host starts.</summary>
internal sealed class InProcessTransportOptionsCheck : IValidateOptions<InProcessTransportOptions>
{
    public ValidateOptionsResult Validate(string? name, InProcessTransportOptions options)
    {
        var faults = new OptionFaults(nameof(InProcessTransportOptions));
        if (options.Topics.Count == 0 || options.Topics.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add(nameof(options.Topics), "has no topic, or an empty one. Add each destination that is published.");
        }

        faults.RequireAtLeastOne(options.Capacity);
        faults.RequirePositive(options.PublishTimeout);
        return faults.Result;
    }
}
