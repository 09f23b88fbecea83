using System.Text.Json;

namespace OrderKit.ControlTower.Tests;

/// <summary>How a run ended.</summary>
internal sealed record Diagnosis(int ExitCode, string Output, string Errors, JsonElement Report)
{
    public bool HasReport => Report.ValueKind == JsonValueKind.Object;

    public long Number(string figure) => Report.GetProperty(figure).GetInt64();

    public long Count(string figure) => Report.GetProperty(figure).GetProperty("count").GetInt64();

    public string[] Examples(string figure) => [.. Report.GetProperty(figure).GetProperty("examples").EnumerateArray().Select(e => e.GetString()!)];

    public Dictionary<string, long> Counts(string figure) =>
        Report.GetProperty(figure).EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt64(), StringComparer.Ordinal);

    /// <summary>The rows left out, as <c>file:line</c> with the reason.</summary>
    public Dictionary<string, string> Rejected() => Report.GetProperty("rejected").GetProperty("rows").EnumerateArray()
        .ToDictionary(r => $"{r.GetProperty("file").GetString()}:{r.GetProperty("line").GetInt64()}", r => r.GetProperty("reason").GetString()!, StringComparer.Ordinal);
}
