using System.Globalization;

namespace OrderKit.Benchmarks;

/// <summary>Numbers from environment variables, to make a suite shorter during development.</summary>
internal static class Settings
{
    public static int Number(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : usual;

    public static TimeSpan Seconds(string name, int usual) => TimeSpan.FromSeconds(Number(name, usual));
}
