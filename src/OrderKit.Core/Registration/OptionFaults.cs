using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace OrderKit.Core;

/// <summary>Collects the faults of options, so that a host that cannot start reports all of them at once.</summary>
/// <param name="options">The name of the options class; each fault begins with it.</param>
/// <remarks>
/// The name of a setting is the expression that reads it, without what stands before its last dot:
/// <c>faults.RequirePositive(options.Lease)</c> reports <c>Lease</c>. Not safe for several threads.
/// </remarks>
public sealed class OptionFaults(string options)
{
    private readonly List<string> _faults = [];

    /// <summary>All faults, or success if there is none.</summary>
    public ValidateOptionsResult Result => _faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_faults);

    /// <summary>Adds a whole sentence.</summary>
    public void Add(string sentence) => _faults.Add(sentence);

    /// <summary>Adds a fault of one setting.</summary>
    /// <param name="setting">The name of the setting.</param>
    /// <param name="fault">The rest of the sentence, such as <c>is empty; name a destination.</c></param>
    public void Add(string setting, string fault) => _faults.Add($"{options}.{setting} {fault}");

    /// <summary>Requires a duration above zero.</summary>
    public void RequirePositive(TimeSpan value, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (value <= TimeSpan.Zero)
        {
            Add(NameOf(setting), $"is {value}; it must be longer than nothing.");
        }
    }

    /// <summary>Requires a duration that is at least as long as another setting.</summary>
    public void RequireNotBelow(
        TimeSpan value,
        TimeSpan least,
        [CallerArgumentExpression(nameof(value))] string setting = "",
        [CallerArgumentExpression(nameof(least))] string leastSetting = "")
    {
        if (value < least)
        {
            Add(NameOf(setting), $"is {value}; it is at least {NameOf(leastSetting)}, {least}.");
        }
    }

    /// <summary>Requires a duration between two bounds, both allowed.</summary>
    public void RequireBetween(TimeSpan value, TimeSpan least, TimeSpan most, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (value < least || value > most)
        {
            Add(NameOf(setting), $"is {value}; it lies between {least} and {most}.");
        }
    }

    /// <summary>Requires a number between two bounds, both allowed.</summary>
    public void RequireBetween(int value, int least, int most, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (value < least || value > most)
        {
            Add(NameOf(setting), string.Create(CultureInfo.InvariantCulture, $"is {value}; it lies between {least:N0} and {most:N0}."));
        }
    }

    /// <summary>Requires a number that is at least 1.</summary>
    public void RequireAtLeastOne(int value, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (value < 1)
        {
            Add(NameOf(setting), string.Create(CultureInfo.InvariantCulture, $"is {value}; it is at least 1."));
        }
    }

    /// <summary>Requires a value that the enumeration names.</summary>
    public void RequireDefined<TEnum>(TEnum value, [CallerArgumentExpression(nameof(value))] string setting = "")
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Add(NameOf(setting), $"is {value}; it is one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }

    /// <summary>Requires a text that is not empty.</summary>
    /// <param name="value">The text.</param>
    /// <param name="whatToWrite">What the text has to be; the end of the message.</param>
    /// <param name="setting">The setting.</param>
    public void RequireText(string? value, string whatToWrite, [CallerArgumentExpression(nameof(value))] string setting = "")
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Add(NameOf(setting), $"is empty; {whatToWrite}");
        }
    }

    /// <summary>Requires that a check of a setting throws no <see cref="ArgumentException"/>.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="check">The check; the message of its exception becomes the fault.</param>
    public void RequireValid(string setting, Action check)
    {
        ArgumentNullException.ThrowIfNull(check);
        try
        {
            check();
        }
        catch (ArgumentException exception)
        {
            Add($"{options}.{setting}: {exception.Message}");
        }
    }

    private static string NameOf(string expression) => expression[(expression.LastIndexOf('.') + 1)..];
}
