using System.Globalization;

namespace OrderKit.Core.Tests;

/// <summary>Runs a piece of code the way that it runs on machines set up in other parts of the world.</summary>
internal static class Cultures
{
    public static IReadOnlyList<string> Names { get; } = ["zh-CN", "tr-TR", "ar-SA", "sv-SE", "made-by-hand"];

    public static TheoryData<string> Hostile => [.. Names];

    public static void Run(string name, Action action)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = Find(name);
        try
        {
            action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // Machines without ICU know no culture by name, so the oddities that matter are also put together by hand.
    private static CultureInfo Find(string name)
    {
        try
        {
            if (name != "made-by-hand")
                return new CultureInfo(name);
        }
        catch (CultureNotFoundException)
        {
            // Falls through to the culture made by hand.
        }

        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NegativeSign = "\u2212";
        odd.NumberFormat.NumberDecimalSeparator = ",";
        odd.NumberFormat.NumberGroupSeparator = ".";
        odd.DateTimeFormat.Calendar = new GregorianCalendar();
        odd.DateTimeFormat.DateSeparator = "/";
        return odd;
    }
}
