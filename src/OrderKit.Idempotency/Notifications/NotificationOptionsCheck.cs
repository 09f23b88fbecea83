using Microsoft.Extensions.Options;

namespace OrderKit.Idempotency;

/// <summary>Checks the settings of the gate when the host starts: what is forgotten before its sender gives up takes effect twice.</summary>
public sealed class NotificationOptionsCheck : IValidateOptions<NotificationOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, NotificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.RedeliveryHorizons.Where(horizon => options.Keep <= horizon.Value).Select(horizon =>
            $"NotificationOptions.Keep is {options.Keep}, and {horizon.Key} repeats a notification for {horizon.Value}: the last one would take effect a second time. Keep them longer.").ToList();
        if (options.Keep <= TimeSpan.Zero)
        {
            faults.Add($"NotificationOptions.Keep is {options.Keep}; it must be longer than nothing.");
        }

        faults.AddRange(options.Groups.Faults());
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
