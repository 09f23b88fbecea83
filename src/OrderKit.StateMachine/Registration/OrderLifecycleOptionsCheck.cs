using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Checks the settings of the lifecycle engine when the host starts.</summary>
internal sealed class OrderLifecycleOptionsCheck : IValidateOptions<OrderLifecycleOptions>
{
    public ValidateOptionsResult Validate(string? name, OrderLifecycleOptions options)
    {
        var faults = new OptionFaults(nameof(OrderLifecycleOptions));
        faults.RequireBetween(options.MaxAttempts, 1, 20);
        faults.RequireBetween(options.MaxBatch, 1, 100_000);
        faults.RequireText(options.EventDestination, "name the destination of events in the outbox.");
        foreach (var twice in options.Models.GroupBy(m => m.Fingerprint).Where(g => g.Count() > 1))
        {
            faults.Add(nameof(options.Models), $"holds '{twice.First().Name}' ({twice.Key}) twice.");
        }

        return faults.Result;
    }
}
