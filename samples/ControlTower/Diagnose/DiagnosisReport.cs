using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ControlTower.Diagnose;

/// <summary>The report, with the figures in reading order.</summary>
internal sealed record DiagnosisReport
{
    /// <summary>The number of orders in the store.</summary>
    public required long Orders { get; init; }

    /// <summary>Orders by the last status that the shop reported, in its own words.</summary>
    public required IReadOnlyDictionary<string, long> ByStatus { get; init; }

    /// <summary>Orders by the states that the engine decided: money, then goods.</summary>
    public required IReadOnlyDictionary<string, long> ByDecidedState { get; init; }

    public required Finding HandedOverBeforePurchase { get; init; }

    public required Finding HandedOverBeforeApproval { get; init; }

    public required Finding DeliveredBeforeHandOver { get; init; }

    public required Finding DeliveredBeforeApproval { get; init; }

    /// <summary>Orders in which purchase, approval, hand-over or delivery is earlier than a step that must precede it.</summary>
    public required Finding BackwardSteps { get; init; }

    public required Finding DeliveredWithoutTime { get; init; }

    public required Finding DeliveredWithoutHandOver { get; init; }

    public required Finding CanceledWithDelivery { get; init; }

    public required Finding CanceledWithHandOver { get; init; }

    public required Finding CanceledNeverApproved { get; init; }

    [JsonPropertyName("approvalOver72h")]
    public required Finding ApprovalOver72h { get; init; }

    /// <summary>Orders that were handed over after the latest shipping limit of their items.</summary>
    public required Finding HandOverAfterLimit { get; init; }

    /// <summary>Orders that were delivered after the estimated time.</summary>
    public required Finding LateByInstant { get; init; }

    /// <summary>Orders that were delivered on a later calendar day than estimated.</summary>
    public required Finding LateByDay { get; init; }

    /// <summary>Rows about an order of an earlier row.</summary>
    public required long DuplicateRows { get; init; }

    /// <summary>The number of facts that were sent to the engine.</summary>
    public required long Facts { get; init; }

    /// <summary>The number of facts by outcome, duplicates included.</summary>
    public required IReadOnlyDictionary<string, long> Decisions { get; init; }

    /// <summary>The cases that were opened, by kind.</summary>
    public required IReadOnlyDictionary<string, long> OpenedCases { get; init; }

    /// <summary>The cases that are still open.</summary>
    public required IReadOnlyDictionary<string, int> OpenCases { get; init; }

    public required Rejections Rejected { get; init; }

    public required double Seconds { get; init; }

    public required double PeakMemoryMb { get; init; }

    /// <summary>Writes the report. An existing file is replaced only by a complete report.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        var partial = path + ".part";
        var stream = File.Create(partial);
        await using (stream)
        {
            await JsonSerializer.SerializeAsync(stream, this, ReportJson.Readable.DiagnosisReport, cancellationToken);
        }

        File.Move(partial, path, overwrite: true);
    }

    /// <summary>The rejected rows: all are counted, the first ones are listed.</summary>
    internal sealed record Rejections(long Count, IReadOnlyList<RejectedRow> Rows);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NewLine = "\n")]
[JsonSerializable(typeof(DiagnosisReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    // The report is a file, never part of a page, so statuses are not encoded.
    public static ReportJson Readable =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
