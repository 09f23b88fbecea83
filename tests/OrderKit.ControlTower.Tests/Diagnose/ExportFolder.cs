using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ControlTower.Diagnose;
using Spectre.Console;

namespace OrderKit.ControlTower.Tests;

/// <summary>A small export in a folder of its own, and what the command makes of it.</summary>
internal sealed class ExportFolder : IDisposable
{
    public const string OrderHeader =
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date";

    public const string ItemHeader = "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value";

    public const string PaymentHeader = "order_id,payment_sequential,payment_type,payment_installments,payment_value";

    private readonly string _root = Directory.CreateTempSubdirectory("orderkit-tests-").FullName;

    public ExportFolder() => Directory.CreateDirectory(Export);

    public string Export => System.IO.Path.Combine(_root, "export");

    public string Report => System.IO.Path.Combine(_root, "out", "report.json");

    public string Path(string name) => System.IO.Path.Combine(_root, name);

    /// <summary>Writes <c>orders.csv</c> with the usual header.</summary>
    public ExportFolder Orders(params string[] rows) => Write("orders.csv", [OrderHeader, .. rows]);

    public ExportFolder Items(params string[] rows) => Write("order_items.csv", [ItemHeader, .. rows]);

    public ExportFolder Payments(params string[] rows) => Write("order_payments.csv", [PaymentHeader, .. rows]);

    public ExportFolder Write(string name, params string[] lines) => Text(name, string.Join('\n', lines) + "\n");

    public ExportFolder Text(string name, string text, Encoding? encoding = null)
    {
        using var file = File.Create(System.IO.Path.Combine(Export, name));
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        using var writer = new StreamWriter(stream, encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        writer.Write(text);
        return this;
    }

    public ExportFolder Bytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(System.IO.Path.Combine(Export, name), bytes);
        return this;
    }

    /// <summary>Runs the command on this folder.</summary>
    public Task<Diagnosis> DiagnoseAsync(params string[] options) => CallAsync([Export, "--report", Report, .. options]);

    /// <summary>Runs the command with any arguments.</summary>
    public async Task<Diagnosis> CallAsync(string[] args, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output),
        });
        var exitCode = await DiagnoseCommand.RunAsync(args, console, errors, TimeProvider.System, cancellationToken);
        var report = File.Exists(Report) ? JsonDocument.Parse(await File.ReadAllBytesAsync(Report, CancellationToken.None)).RootElement : default;
        return new Diagnosis(exitCode, output.ToString(), errors.ToString(), report);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
