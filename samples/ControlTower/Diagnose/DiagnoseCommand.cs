using System.Data.Common;
using System.Diagnostics;
using System.Runtime.InteropServices;
using OrderKit.Core;
using Spectre.Console;

namespace ControlTower.Diagnose;

/// <summary>The command <c>diagnose FOLDER --report FILE.json</c>, which finds contradictions in an export of orders.</summary>
/// <remarks>
/// Each time in the export is sent to the engine as a fact of its source. The figures are then read from the store, so everything
/// in the report can be verified in the journal of each order.
/// </remarks>
public static class DiagnoseCommand
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int Refused = 2;
    private const int Interrupted = 130;

    private const int OrdersPerPage = 500;
    private const int RowsPerReport = 200;

    /// <summary>Runs the command on the console of the process.</summary>
    /// <param name="args">The arguments after <c>diagnose</c>.</param>
    /// <param name="cancellationToken">Cancels the run, as Ctrl+C does.</param>
    /// <returns>The exit code: 0 with a report, 1 if the run failed, 2 for invalid arguments or unreadable input.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(args, AnsiConsole.Console, Console.Error, TimeProvider.System, stop.Token);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Runs the command on any console.</summary>
    /// <param name="args">The arguments after <c>diagnose</c>.</param>
    /// <param name="console">The console for progress and summary.</param>
    /// <param name="errors">The writer for errors.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args, IAnsiConsole console, TextWriter errors, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(time);
        if (args.Any(a => a is "--help" or "-h"))
        {
            console.Profile.Out.Writer.WriteLine(DiagnoseOptions.Usage);
            return Succeeded;
        }

        if (DiagnoseOptions.Parse(args, out var fault) is not { } options)
        {
            await errors.WriteLineAsync(fault);
            await errors.WriteLineAsync(DiagnoseOptions.Usage);
            return Refused;
        }

        try
        {
            await RunAsync(options, console, errors, time, cancellationToken);
            return Succeeded;
        }
        catch (InputException e)
        {
            await errors.WriteLineAsync(e.Message);
            return Refused;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Stopped; no report is written.");
            return Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DbException)
        {
            await errors.WriteLineAsync(e.Message);
            return Failed;
        }
    }

    private static async Task RunAsync(
        DiagnoseOptions options, IAnsiConsole console, TextWriter errors, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var folder = DataFolder.Find(options.Folder);
        CheckTargets(options);
        using var place = StorePlace.For(options);
        var rejected = new RejectedRows(errors);
        var sums = new OrderSums(rejected);
        DiagnosisReport? report = null;

        // Missing columns are reported before any work.
        using var orders = CsvTable.Open(folder.Orders);
        var rows = OrderRow.ReadAll(orders, rejected);
        await DiagnoseProgress.RunAsync(console, time, async progress =>
        {
            ReadSums(folder, sums, progress, cancellationToken);
            await using var store = await DiagnoseStore.OpenAsync(place.Path, cancellationToken);
            var feed = await SendAsync(store, orders, rows, sums, progress, cancellationToken);
            var figures = await ReadJournalAsync(store, progress, cancellationToken);
            var openCases = await store.Cases.CountOpenAsync(TenantId.Default, cancellationToken);
            report = Report(figures, feed, openCases, rejected, time.GetElapsedTime(started));
        });

        if (report!.Orders == 0)
        {
            await errors.WriteLineAsync($"{orders.Name} holds no order that can be read; every figure is 0.");
        }

        await report.WriteAsync(options.Report, cancellationToken);
        DiagnosisSummary.Write(console, report);
        if (options.KeepsStore)
        {
            console.Profile.Out.Writer.WriteLine($"The store is kept: {place.Path}");
        }
    }

    private static void CheckTargets(DiagnoseOptions options)
    {
        if (Directory.Exists(options.Report))
        {
            throw new InputException($"The report '{options.Report}' is a folder. Name a file.");
        }

        if (options.Store is { } store && Path.Exists(store))
        {
            throw new InputException($"The store '{store}' exists, and its orders would be counted too. Name a new file, or delete it.");
        }

        foreach (var target in new[] { options.Report, options.Store })
        {
            if (target is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
            }
        }
    }

    private static void ReadSums(DataFolder folder, OrderSums sums, DiagnoseProgress progress, CancellationToken cancellationToken)
    {
        foreach (var (path, what, add) in new (string?, string, Action<CsvTable, CancellationToken>)[]
        {
            (folder.Items, "Items", sums.AddItems), (folder.Payments, "Payments", sums.AddPayments),
        })
        {
            if (path is not null)
            {
                using var table = CsvTable.Open(path);
                progress.Begin(what);
                add(table, cancellationToken);
                progress.End(table.Line, "lines");
            }
        }
    }

    private static async Task<FactFeed> SendAsync(
        DiagnoseStore store, CsvTable orders, IEnumerable<OrderRow> rows, OrderSums sums, DiagnoseProgress progress,
        CancellationToken cancellationToken)
    {
        var feed = new FactFeed(store.Lifecycle);
        var read = 0L;
        progress.Begin("Facts");
        foreach (var row in rows)
        {
            await feed.AddAsync(row.ToFacts(sums), cancellationToken);
            if (++read % RowsPerReport == 0)
            {
                progress.Report(read, "orders", orders.Share);
            }
        }

        await feed.SendAsync(cancellationToken);
        progress.End(read, "orders");
        return feed;
    }

    private static async Task<JournalFigures> ReadJournalAsync(
        DiagnoseStore store, DiagnoseProgress progress, CancellationToken cancellationToken)
    {
        var figures = new JournalFigures(store.Models);
        progress.Begin("Journal");
        for (var last = 0L; ;)
        {
            var page = await store.Journal.ScanAsync(last, OrdersPerPage, cancellationToken);
            if (page.Count == 0)
            {
                progress.End(figures.Orders, "orders");
                return figures;
            }

            foreach (var journal in page)
            {
                figures.Add(journal);
                last = journal.OrderNo;
            }
        }
    }

    private static DiagnosisReport Report(
        JournalFigures figures, FactFeed feed, IReadOnlyDictionary<string, int> openCases, RejectedRows rejected, TimeSpan elapsed)
    {
        using var process = Process.GetCurrentProcess();
        return new DiagnosisReport
        {
            Orders = figures.Orders,
            ByStatus = figures.ByStatus,
            ByDecidedState = figures.ByDecidedState,
            HandedOverBeforePurchase = figures.HandedOverBeforePurchase,
            HandedOverBeforeApproval = figures.HandedOverBeforeApproval,
            DeliveredBeforeHandOver = figures.DeliveredBeforeHandOver,
            DeliveredBeforeApproval = figures.DeliveredBeforeApproval,
            BackwardSteps = figures.BackwardSteps,
            DeliveredWithoutTime = figures.DeliveredWithoutTime,
            DeliveredWithoutHandOver = figures.DeliveredWithoutHandOver,
            CanceledWithDelivery = figures.CanceledWithDelivery,
            CanceledWithHandOver = figures.CanceledWithHandOver,
            CanceledNeverApproved = figures.CanceledNeverApproved,
            ApprovalOver72h = figures.ApprovalOver72h,
            HandOverAfterLimit = figures.HandOverAfterLimit,
            LateByInstant = figures.LateByInstant,
            LateByDay = figures.LateByDay,
            DuplicateRows = feed.DuplicateRows,
            Facts = feed.Facts,
            Decisions = feed.Outcomes,
            OpenedCases = figures.OpenedCases,
            OpenCases = new SortedDictionary<string, int>(openCases.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
            Rejected = new DiagnosisReport.Rejections(rejected.Count, rejected.Rows),
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            PeakMemoryMb = Math.Round(process.PeakWorkingSet64 / 1048576.0, 1),
        };
    }
}
