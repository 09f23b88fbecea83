using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace OrderKit.Core;

/// <summary>Gathers what is wrong with settings, so that a host that cannot start is told all of it at once.</summary>
/// <param name="options">The name of the settings, such as <c>nameof(DeadlineOptions)</c>; each fault begins with it.</param>
/// <remarks>
/// For an <see cref="IValidateOptions{TOptions}"/>. A setting is named like the expression that reads it, behind its last dot:
/// <c>faults.RequirePositive(options.Lease)</c> is about <c>Lease</c>. Used by one caller at a time.
/// </remarks>
public sealed class OptionFaults(string options)
{
    private readonly List<string> _faults = [];

    /// <summary>All faults, or success where there is none.</summary>
    public ValidateOptionsResult Result => _faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_faults);

    /// <summary>Adds a fault that is a sentence of its own.</summary>
    public void Add(string sentence) => _faults.Add(sentence);

    /// <summary>Adds a fault of one setting: what follows the names of settings and setting, such as <c>is empty; name a destination.</c></summary>
    public void Add(string setting, string fault) => _faults.Add($"{options}.{setting} {fault}");

    /// <summary>Requires a time that is longer than nothing.</summary>
    public void RequirePositive(TimeSpan value, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (value <= TimeSpan.Zero)
        {
            Add(NameOf(setting), $"is {value}; it must be longer than nothing.");
        }
    }

    /// <summary>Requires a time that is as long as another one at least.</summary>
    public void RequireNotBelow(
        TimeSpan value, TimeSpan least, [CallerArgumentExpression(nameof(value))] string setting = "", [CallerArgumentExpression(nameof(least))] string leastSetting = "")
    {
        if (value < least)
        {
            Add(NameOf(setting), $"is {value}; it is at least {NameOf(leastSetting)}, {least}.");
        }
    }

    /// <summary>Requires a number within bounds, both allowed.</summary>
    public void RequireBetween(int value, int least, int most, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (value < least || value > most)
        {
            Add(NameOf(setting), string.Create(CultureInfo.InvariantCulture, $"is {value}; it lies between {least:N0} and {most:N0}."));
        }
    }

    /// <summary>Requires a number that is at least one.</summary>
    public void RequireAtLeastOne(int value, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (value < 1)
        {
            Add(NameOf(setting), string.Create(CultureInfo.InvariantCulture, $"is {value}; it is at least 1."));
        }
    }

    /// <summary>Requires a text that says something; else what is to be written there.</summary>
    public void RequireText(string? value, string whatToWrite, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Add(NameOf(setting), $"is empty; {whatToWrite}");
        }
    }

    private static string NameOf(string expression) => expression[(expression.LastIndexOf('.') + 1)..];
}
