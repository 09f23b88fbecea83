using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ControlTower.Diagnose;

/// <summary>The report as it is written: the figures in the order in which people read them.</summary>
internal sealed record DiagnosisReport
{
    /// <summary>How many orders the store holds.</summary>
    public required long Orders { get; init; }

    /// <summary>Orders by the last status that the shop reported, as it spells it.</summary>
    public required IReadOnlyDictionary<string, long> ByStatus { get; init; }

    /// <summary>Orders by the states that the engine decided: money, then goods.</summary>
    public required IReadOnlyDictionary<string, long> ByDecidedState { get; init; }

    public required Finding HandedOverBeforePurchase { get; init; }

    public required Finding HandedOverBeforeApproval { get; init; }

    public required Finding DeliveredBeforeHandOver { get; init; }

    public required Finding DeliveredBeforeApproval { get; init; }

    /// <summary>Any of purchase, approval, hand-over and delivery is earlier than one that should precede it.</summary>
    public required Finding BackwardSteps { get; init; }

    public required Finding DeliveredWithoutTime { get; init; }

    public required Finding DeliveredWithoutHandOver { get; init; }

    public required Finding CanceledWithDelivery { get; init; }

    public required Finding CanceledWithHandOver { get; init; }

    public required Finding CanceledNeverApproved { get; init; }

    [JsonPropertyName("approvalOver72h")]
    public required Finding ApprovalOver72h { get; init; }

    /// <summary>Handed over after the latest shipping limit of the order's items.</summary>
    public required Finding HandOverAfterLimit { get; init; }

    /// <summary>Delivered after the very moment of the estimate.</summary>
    public required Finding LateByInstant { get; init; }

    /// <summary>Delivered on a later calendar day than that of the estimate.</summary>
    public required Finding LateByDay { get; init; }

    /// <summary>Rows about an order that an earlier row had told of.</summary>
    public required long DuplicateRows { get; init; }

    /// <summary>How many facts were sent through the engine.</summary>
    public required long Facts { get; init; }

    /// <summary>How it decided them, and how many it knew already.</summary>
    public required IReadOnlyDictionary<string, long> Decisions { get; init; }

    /// <summary>The cases that were opened on the way, by kind.</summary>
    public required IReadOnlyDictionary<string, long> OpenedCases { get; init; }

    /// <summary>Those that nothing has closed since.</summary>
    public required IReadOnlyDictionary<string, int> OpenCases { get; init; }

    public required Rejections Rejected { get; init; }

    public required double Seconds { get; init; }

    public required double PeakMemoryMb { get; init; }

    /// <summary>Writes the report; a file of that name is replaced only by a whole one.</summary>
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

    /// <summary>The rows that were left out: all of them counted, the first of them listed.</summary>
    internal sealed record Rejections(long Count, IReadOnlyList<RejectedRow> Rows);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NewLine = "\n")]
[JsonSerializable(typeof(DiagnosisReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    // The report is a file for people and programs, never a part of a page: statuses stay as they are spelled.
    public static ReportJson Readable => new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
