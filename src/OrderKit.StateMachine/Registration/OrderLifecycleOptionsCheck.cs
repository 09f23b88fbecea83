using Microsoft.Extensions.Options;

namespace OrderKit.StateMachine;

/// <summary>Checks the settings of the lifecycle engine when the host starts.</summary>
internal sealed class OrderLifecycleOptionsCheck : IValidateOptions<OrderLifecycleOptions>
{
    public ValidateOptionsResult Validate(string? name, OrderLifecycleOptions options)
    {
        var faults = new List<string>();
        if (options.MaxAttempts is < 1 or > 20)
        {
            faults.Add($"OrderLifecycleOptions.MaxAttempts is {options.MaxAttempts}; it lies between 1 and 20.");
        }

        if (options.MaxBatch is < 1 or > 100_000)
        {
            faults.Add($"OrderLifecycleOptions.MaxBatch is {options.MaxBatch}; it lies between 1 and 100,000.");
        }

        if (string.IsNullOrWhiteSpace(options.EventDestination))
        {
            faults.Add("OrderLifecycleOptions.EventDestination is empty; name the destination of events in the outbox.");
        }

        foreach (var twice in options.Models.GroupBy(m => m.Fingerprint).Where(g => g.Count() > 1))
        {
            faults.Add($"OrderLifecycleOptions.Models holds '{twice.First().Name}' ({twice.Key}) twice.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
