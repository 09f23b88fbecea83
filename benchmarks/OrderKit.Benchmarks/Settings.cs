using System.Globalization;

namespace OrderKit.Benchmarks;

/// <summary>Numbers of the environment, which make a suite shorter while one works on it.</summary>
internal static class Settings
{
    public static int Number(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : usual;

    public static TimeSpan Seconds(string name, int usual) => TimeSpan.FromSeconds(Number(name, usual));
}
