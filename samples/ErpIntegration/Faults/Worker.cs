using System.Globalization;
using ErpIntegration.Model;
using ErpIntegration.Payments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace ErpIntegration.Faults;

/// <summary>Runs operations until each has succeeded, and compares both sides after every attempt.</summary>
/// <param name="host">Both sides.</param>
/// <param name="random">Chooses the faults.</param>
/// <param name="output">Gets a line for each operation that is done.</param>
/// <param name="answers">Has a line for each of these lines; at most one is outstanding.</param>
internal sealed class Worker(ErpHost host, Random random, TextWriter output, TextReader answers)
{
    private const int MaxAttempts = 50;
    private const int MaxWaits = 3_000;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private int _mismatches;

    public async Task RunAsync(IReadOnlyList<Operation> operations, int from)
    {
        for (var i = from; i < operations.Count; i++)
        {
            if (i > from + 1 && await answers.ReadLineAsync() is null)
            {
                return;
            }

            await RunAsync(operations[i]);

            // The process that started this one counts these lines, and may kill it after any of them: in the middle of the next operation.
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"done {i} {host.Faults!.Count} {_mismatches}"));
            await output.FlushAsync();
        }
    }

    private async Task RunAsync(Operation operation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // The last attempts meet no fault, so that every operation ends.
                if (attempt < 5 && random.Next(3) > 0)
                {
                    host.Faults!.Arm();
                }

                await DoAsync(operation);
                host.Faults!.Disarm();
                await CompareAsync(operation);
                return;
            }
            catch (Exception e) when (attempt < MaxAttempts)
            {
                // The clerk presses the button again, or the provider delivers its callback again.
                host.Faults!.Disarm();
                if (e is not (InvalidOperationException or System.Data.Common.DbException or DbUpdateException or TimeoutException))
                {
                    throw;
                }

                await CompareAsync(operation);
            }
        }
    }

    private async Task CompareAsync(Operation operation)
    {
        foreach (var difference in await Account.CompareAsync(host, operation.Number))
        {
            _mismatches++;
            await output.WriteLineAsync($"mismatch after {operation.Act}: {difference}");
        }
    }

    private Task DoAsync(Operation operation)
    {
        var (number, key) = (operation.Number, ErpOrder.KeyOf(operation.Number));
        var lines = Workload.LinesOf(number);
        return operation.Act switch
        {
            Act.Place => host.AtDeskAsync(desk => desk.PlaceAsync(number, lines)),
            Act.PlaceToExpire => host.AtDeskAsync(desk => desk.PlaceAsync(number, lines, TimeProvider.System.GetUtcNow())),
            Act.Cancel => host.AtDeskAsync(desk => desk.CancelAsync(key, "clerk-7")),
            Act.Ship => host.AtDeskAsync(desk => desk.ShipAsync(key, $"SF-{number}", lines.Sum(line => line.Quantity))),
            Act.Pay => PayAsync(new PaymentCallback(key, $"P-{number}", lines.Sum(line => line.Price * line.Quantity))),
            _ => UntilAsync(
                async () =>
                {
                    await host.Services.GetRequiredService<DeadlineRunner>().RunDueAsync();
                    await using var db = host.NewContext();
                    return await db.Orders.AnyAsync(order => order.Number == number && order.Status == ErpStatus.Cancelled);
                }),
        };
    }

    /// <summary>The provider delivers its callback twice; each delivery is answered once the inbox has it.</summary>
    private async Task PayAsync(PaymentCallback payment)
    {
        var inbox = host.Services.GetRequiredService<Inbox>();
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await inbox.AcceptAsync([payment.ToMessage($"callback-{payment.PaymentNumber}")]);
        }

        await UntilAsync(async () =>
        {
            await host.Services.GetRequiredService<InboxPump>().PumpAllAsync();
            await host.Services.GetRequiredService<OutboxPump>().PumpAllAsync();
            host.Faults!.Disarm();
            await using var db = host.NewContext();
            return await db.Receipts.AnyAsync(receipt => receipt.PaymentNumber == payment.PaymentNumber);
        });
    }

    /// <summary>Waits where a worker that was killed still holds a lease.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isDone)
    {
        for (var wait = 0; !await isDone(); wait++)
        {
            if (wait == MaxWaits)
            {
                throw new TimeoutException("The operation has not taken effect after a minute.");
            }

            await Task.Delay(Delay);
        }
    }
}
