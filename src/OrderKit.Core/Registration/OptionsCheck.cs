using Microsoft.Extensions.Options;

namespace OrderKit.Core;

/// <summary>Runs a hand-written check of settings.</summary>
/// <typeparam name="TOptions">The settings.</typeparam>
internal sealed class OptionsCheck<TOptions>(Action<TOptions, OptionFaults> validate) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = new OptionFaults(typeof(TOptions).Name);
        validate(options, faults);
        return faults.Result;
    }
}
