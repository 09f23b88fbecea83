using Microsoft.Extensions.Options;

namespace OrderKit;

/// <summary>Checks the settings of the intake when the host starts.</summary>
internal sealed class IntakeOptionsCheck : IValidateOptions<IntakeOptions>
{
    public ValidateOptionsResult Validate(string? name, IntakeOptions options)
    {
        var faults = new List<string>();
        Between(options.MaximumItems, 1, 10_000, nameof(options.MaximumItems));
        Between(options.QueueLimit, 1, 1_000_000, nameof(options.QueueLimit));
        Between(options.Writers, 1, 16, nameof(options.Writers));
        Between(options.MaximumAttempts, 1, 20, nameof(options.MaximumAttempts));
        if (options.Keep <= TimeSpan.Zero)
        {
            faults.Add($"IntakeOptions.Keep is {options.Keep}; it must be longer than nothing.");
        }

        faults.AddRange(options.RedeliveryHorizons.Where(horizon => options.Keep <= horizon.Value).Select(horizon =>
            $"IntakeOptions.Keep is {options.Keep}, and {horizon.Key} repeats a delivery for {horizon.Value}: the last one would take effect a second time. Keep them longer."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Between(int value, int least, int most, string setting)
        {
            if (value < least || value > most)
            {
                faults.Add($"IntakeOptions.{setting} is {value}; it lies between {least} and {most}.");
            }
        }
    }
}
