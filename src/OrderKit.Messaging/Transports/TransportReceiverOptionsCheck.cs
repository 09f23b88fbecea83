using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Checks the settings of the receiver when the host starts.</summary>
internal sealed class TransportReceiverOptionsCheck : IValidateOptions<TransportReceiverOptions>
{
    public ValidateOptionsResult Validate(string? name, TransportReceiverOptions options)
    {
        var faults = new OptionFaults(nameof(TransportReceiverOptions));
        faults.RequireText(options.Topic, "it is the topic that is received.");
        faults.RequireText(options.Consumer, "it is the consumer that an IInboxHandler names.");
        faults.RequireBetween(options.BatchSize, 1, 1_000);
        faults.RequirePositive(options.FirstDelay);
        foreach (var (type, headStart) in options.HeadStarts)
        {
            if (headStart < TimeSpan.Zero || headStart > InboxMessage.LongestHeadStart)
            {
                faults.Add(nameof(options.HeadStarts), $"has {headStart} for '{type}'; it lies between nothing and {InboxMessage.LongestHeadStart}.");
            }
        }

        faults.RequireNotBelow(options.MaxDelay, options.FirstDelay);

        return faults.Result;
    }
}
