using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the receiver when the host starts.</summary>
internal sealed class TransportReceiverOptionsCheck : IValidateOptions<TransportReceiverOptions>
{
    public ValidateOptionsResult Validate(string? name, TransportReceiverOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Topic))
        {
            faults.Add("TransportReceiverOptions.Topic is empty; it is the topic that is received.");
        }

        if (string.IsNullOrWhiteSpace(options.Consumer))
        {
            faults.Add("TransportReceiverOptions.Consumer is empty; it is the consumer that an IInboxHandler names.");
        }

        foreach (var (type, headStart) in options.HeadStarts)
        {
            if (headStart < TimeSpan.Zero || headStart > InboxMessage.LongestHeadStart)
            {
                faults.Add($"TransportReceiverOptions.HeadStarts has {headStart} for '{type}'; it lies between nothing and {InboxMessage.LongestHeadStart}.");
            }
        }

        if (options.BatchSize is < 1 or > 1_000)
        {
            faults.Add($"TransportReceiverOptions.BatchSize is {options.BatchSize}; it lies between 1 and 1,000.");
        }

        if (options.FirstPause <= TimeSpan.Zero)
        {
            faults.Add($"TransportReceiverOptions.FirstPause is {options.FirstPause}; it must be longer than nothing.");
        }

        if (options.LongestPause < options.FirstPause)
        {
            faults.Add($"TransportReceiverOptions.LongestPause is {options.LongestPause}; it is at least FirstPause, {options.FirstPause}.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
