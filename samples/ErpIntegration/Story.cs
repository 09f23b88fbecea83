using System.Globalization;
using ErpIntegration.Model;
using ErpIntegration.Payments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace ErpIntegration;

/// <summary>Three orders, step by step on the console.</summary>
internal sealed class Story(ErpHost host, TextWriter output)
{
    private const decimal Price = 199m;

    private static readonly List<OrderLine> Lines = [new() { Sku = "lamp", Quantity = 1, Price = Price }];

    /// <returns>Whether both sides agree in the end.</returns>
    public async Task<bool> TellAsync()
    {
        await host.CreateTablesAsync();
        await TellAsync("An order is placed. Its payment callback comes twice, and the goods leave.");
        await PlaceAsync("E-1001");
        await PayAsync("E-1001");
        await PayAsync("E-1001");
        await StepAsync("shipped", "E-1001", desk => desk.ShipAsync(ErpOrder.KeyOf("E-1001"), "SF-88213", 1));

        await TellAsync("The ERP fails after OrderKit has decided. Neither side has moved, and the clerk cancels again.");
        await PlaceAsync("E-1002");
        await FailAsync("E-1002");
        await StepAsync("cancelled", "E-1002", desk => desk.CancelAsync(ErpOrder.KeyOf("E-1002"), "clerk-7"));

        await TellAsync("The payment for the cancelled order comes late. Both sides ask for attention, and the money is booked.");
        await PayAsync("E-1002");

        await TellAsync("Nobody pays in time: a deadline of OrderKit closes the order in the ERP.");
        await StepAsync("placed", "E-1003", desk => desk.PlaceAsync("E-1003", Lines, TimeProvider.System.GetUtcNow()));
        await host.Services.GetRequiredService<DeadlineRunner>().RunDueAsync();
        await WriteAsync("deadline", "E-1003");
        await host.Services.GetRequiredService<OutboxPump>().PumpAllAsync();
        return await EndAsync();
    }

    private Task PlaceAsync(string number) => StepAsync("placed", number, desk => desk.PlaceAsync(number, Lines));

    private async Task PayAsync(string number)
    {
        var message = new PaymentCallback(ErpOrder.KeyOf(number), $"P-{number}", Price).ToMessage($"callback-{number}");
        await host.Services.GetRequiredService<Inbox>().AcceptAsync([message]);
        await host.Services.GetRequiredService<InboxPump>().PumpAllAsync();
        await WriteAsync("callback", number);
    }

    private async Task FailAsync(string number)
    {
        await using var db = host.NewContext();
        try
        {
            await db.ExecuteWithOrderKitAsync<FireResult>(async (unitOfWork, cancellationToken) =>
            {
                var order = await db.Orders.SingleAsync(o => o.Number == number, cancellationToken);
                var cancel = new OrderKit.Core.OrderFact { Trigger = "cancel", Source = "erp", Id = "cancel", Order = order.Key, Operator = "clerk-7" };
                order.Follow(await host.Services.GetRequiredService<OrderLifecycle>().FireAsync(unitOfWork, cancel, cancellationToken));
                await db.SaveChangesAsync(cancellationToken);
                throw new InvalidOperationException("The printer is out of paper.");
            });
        }
        catch (InvalidOperationException)
        {
            await WriteAsync("failed", number);
        }
    }

    private async Task StepAsync(string what, string number, Func<Orders.OrderDesk, Task<FireResult>> act)
    {
        await host.AtDeskAsync(act);
        await WriteAsync(what, number);
    }

    private async Task TellAsync(string text)
    {
        await output.WriteLineAsync();
        await output.WriteLineAsync(text);
    }

    private async Task WriteAsync(string what, string number)
    {
        await using var db = host.NewContext();
        var row = await db.Orders.AsNoTracking().SingleAsync(order => order.Number == number);
        var order = (await host.Services.GetRequiredService<OrderQueries>().GetAsync(row.Key))!.Order;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"  {number}  {what,-10} ERP: {row.Status,-16} OrderKit: {order.Headline,-18} version {order.Snapshot.Version}"));
    }

    private async Task<bool> EndAsync()
    {
        var account = await Account.TakeAsync(host);
        await TellAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"orders {account.Orders}, payments {account.Receipts}, pick tickets {account.PickTickets}, mismatches {account.Differences.Count}"));
        foreach (var difference in account.Differences)
        {
            await output.WriteLineAsync(difference);
        }

        return account.Differences.Count == 0;
    }
}
