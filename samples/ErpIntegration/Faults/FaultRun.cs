using System.Diagnostics;
using System.Globalization;
using ErpIntegration.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Messaging;

namespace ErpIntegration.Faults;

/// <summary>Runs the operations in worker processes, kills some of them, and takes the account.</summary>
internal static class FaultRun
{
    private const int OperationsPerKill = 50;
    private const int MinKills = 2;

    private static readonly TimeSpan PumpDelay = TimeSpan.FromMilliseconds(100);

    /// <returns>Whether both sides agree and nothing is lost or doubled.</returns>
    public static async Task<bool> RunAsync(ErpOptions options, string file, TextWriter output)
    {
        var count = options.Faults!.Value;
        var operations = Workload.Of(count, options.Seed);
        await using var host = new ErpHost(file, options.Postgres);
        await host.CreateTablesAsync();
        var random = new Random(options.Seed);
        var run = new Progress(0, 0, 0, 0);
        var kills = Math.Max(MinKills, count / OperationsPerKill);
        while (run.Done < count)
        {
            var killAfter = run.Kills < kills ? random.Next(1, Math.Max(2, (count - run.Done) / (kills - run.Kills))) : int.MaxValue;
            run = await WorkAsync(options, file, run, killAfter, output);
        }

        await DrainAsync(host);
        return await ReportAsync(host, operations, run, output);
    }

    /// <summary>Starts a worker, and kills it after some operations, while it is in the middle of the next one.</summary>
    private static async Task<Progress> WorkAsync(ErpOptions options, string file, Progress before, int killAfter, TextWriter output)
    {
        List<string> arguments =
        [
            "--faults", options.Faults!.Value.ToString(CultureInfo.InvariantCulture),
            "--seed", options.Seed.ToString(CultureInfo.InvariantCulture),
            "--work", before.Done.ToString(CultureInfo.InvariantCulture),
        ];
        arguments.AddRange(options.Postgres is { } postgres ? ["--postgres", postgres] : ["--file", file]);
        using var worker = Process.Start(new ProcessStartInfo("dotnet", [typeof(FaultRun).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var (progress, left) = (before, killAfter);
        while (await worker.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["done", var index, var faults, var mismatches])
            {
                progress = progress with { Done = Read(index) + 1, Faults = before.Faults + Read(faults), Mismatches = before.Mismatches + Read(mismatches) };
                if (--left == 0)
                {
                    worker.Kill();
                    progress = progress with { Kills = progress.Kills + 1 };
                }
                else if (left > 0)
                {
                    await AnswerAsync(worker);
                }
            }
            else
            {
                await output.WriteLineAsync(line);
            }
        }

        await worker.WaitForExitAsync();
        return progress.Kills > before.Kills || worker.ExitCode == 0
            ? progress
            : throw new InvalidOperationException($"A worker ended with code {worker.ExitCode}; its messages are above.");

        static async Task AnswerAsync(Process worker)
        {
            try
            {
                await worker.StandardInput.WriteLineAsync();
                await worker.StandardInput.FlushAsync();
            }
            catch (IOException)
            {
                // It has ended. Its exit code says how.
            }
        }

        static int Read(string number) => int.Parse(number, CultureInfo.InvariantCulture);
    }

    /// <summary>Delivers what is left in the outbox; a worker that was killed may hold some of it for a moment.</summary>
    private static async Task DrainAsync(ErpHost host)
    {
        await using var db = host.NewContext();
        while (await db.PickTickets.CountAsync() < await PaidOrders(db).CountAsync())
        {
            await host.Services.GetRequiredService<OutboxPump>().PumpAllAsync();
            await Task.Delay(PumpDelay);
        }
    }

    private static IQueryable<ErpOrder> PaidOrders(ErpContext db) => db.Orders.Where(
        order => order.Status != ErpStatus.NeedsAttention && db.Receipts.Any(receipt => receipt.OrderId == order.Id));

    private static async Task<bool> ReportAsync(ErpHost host, IReadOnlyList<Operation> operations, Progress run, TextWriter output)
    {
        var account = await Account.TakeAsync(host);
        await using var db = host.NewContext();
        var doubled = await db.Receipts.GroupBy(receipt => receipt.PaymentNumber).CountAsync(payment => payment.Count() > 1);
        var rows = await db.Orders.AsNoTracking().ToDictionaryAsync(order => order.Number);
        var lost = operations.GroupBy(operation => operation.Number, operation => operation.Act)
            .Where(order => !(rows.TryGetValue(order.Key, out var row) && Workload.Expect(order).Contains(row.Status)))
            .Select(order => $"{order.Key}: {string.Join(", ", order)} were done, and it is {rows.GetValueOrDefault(order.Key)?.Status.ToString() ?? "missing"}")
            .ToList();
        var mismatches = run.Mismatches + account.Differences.Count;
        foreach (var line in account.Differences.Concat(lost))
        {
            await output.WriteLineAsync(line);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            operations {operations.Count}, faults injected {run.Faults}, processes killed {run.Kills}
            orders {account.Orders}, payments {account.Receipts}, pick tickets {account.PickTickets}, mismatches {mismatches}, lost {lost.Count}, doubled {doubled}
            """));
        return mismatches + lost.Count + doubled == 0;
    }

    private sealed record Progress(int Done, int Faults, int Mismatches, int Kills);
}
