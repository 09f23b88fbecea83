using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Checks the settings of the gate when the host starts: what is forgotten before its sender gives up takes effect twice.</summary>
public sealed class NotificationOptionsCheck : IValidateOptions<NotificationOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, NotificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new OptionFaults(nameof(NotificationOptions));
        foreach (var (provider, horizon) in options.RedeliveryHorizons.Where(horizon => options.Keep <= horizon.Value))
        {
            faults.Add(nameof(options.Keep), $"is {options.Keep}, and {provider} repeats a notification for {horizon}: the last one would take effect a second time. Keep them longer.");
        }

        faults.RequirePositive(options.Keep);
        options.AddFaultsTo(faults);
        return faults.Result;
    }
}
