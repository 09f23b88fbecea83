using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the transport within one process when the host starts.</summary>
internal sealed class InProcessTransportOptionsCheck : IValidateOptions<InProcessTransportOptions>
{
    public ValidateOptionsResult Validate(string? name, InProcessTransportOptions options)
    {
        var faults = new List<string>();
        if (options.Topics.Count == 0 || options.Topics.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add("InProcessTransportOptions.Topics has no topic, or an empty one. Add each destination that is published.");
        }

        if (options.Capacity < 1)
        {
            faults.Add($"InProcessTransportOptions.Capacity is {options.Capacity}; it is at least 1.");
        }

        if (options.PublishTimeout <= TimeSpan.Zero)
        {
            faults.Add($"InProcessTransportOptions.PublishTimeout is {options.PublishTimeout}; it must be longer than nothing.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
