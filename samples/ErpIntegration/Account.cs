using ErpIntegration.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.StateMachine;

namespace ErpIntegration;

/// <summary>Compares the ERP's rows with OrderKit's orders.</summary>
/// <param name="Orders">How many orders there are.</param>
/// <param name="Receipts">How many payments the ERP has booked.</param>
/// <param name="PickTickets">How many jobs the warehouse got.</param>
/// <param name="Differences">What the two sides say differently, in words.</param>
internal sealed record Account(int Orders, int Receipts, int PickTickets, IReadOnlyList<string> Differences)
{
    /// <summary>Reads every order of both sides.</summary>
    public static async Task<Account> TakeAsync(ErpHost host)
    {
        await using var db = host.NewContext();
        var rows = await db.Orders.AsNoTracking().ToListAsync();
        var receipts = await db.Receipts.AsNoTracking().ToListAsync();
        var differences = new List<string>();
        foreach (var row in rows)
        {
            differences.AddRange(await CompareAsync(host, row, [.. receipts.Where(receipt => receipt.OrderId == row.Id)]));
        }

        differences.AddRange(await FindStrangersAsync(host, [.. rows.Select(row => row.Id)]));
        foreach (var item in await db.Stock.AsNoTracking().ToListAsync())
        {
            var reserved = QuantityOf(ErpStatus.AwaitingPayment) + QuantityOf(ErpStatus.Paid);
            var shipped = QuantityOf(ErpStatus.Shipped);
            if (item.Reserved != reserved || item.OnHand != ErpHost.OnHand - shipped)
            {
                differences.Add($"{item.Sku}: {item.Reserved} reserved, not {reserved}; {item.OnHand} on hand, not {ErpHost.OnHand - shipped}");
            }

            int QuantityOf(ErpStatus status) => rows
                .Where(row => row.Status == status)
                .SelectMany(row => row.Lines)
                .Where(line => line.Sku == item.Sku)
                .Sum(line => line.Quantity);
        }

        return new Account(rows.Count, receipts.Count, await db.PickTickets.CountAsync(), differences);
    }

    /// <summary>Reads one order of both sides, by its number.</summary>
    public static async Task<IReadOnlyList<string>> CompareAsync(ErpHost host, string number)
    {
        await using var db = host.NewContext();
        var key = Model.ErpOrder.KeyOf(number);
        return await db.Orders.AsNoTracking().SingleOrDefaultAsync(order => order.Number == number) is { } row
            ? await CompareAsync(host, row, await db.Receipts.AsNoTracking().Where(receipt => receipt.OrderId == row.Id).ToListAsync())
            : await QueriesOf(host).GetAsync(key) is null ? [] : [$"{number}: only OrderKit has it"];
    }

    private static async Task<IReadOnlyList<string>> CompareAsync(ErpHost host, ErpOrder row, List<Receipt> receipts)
    {
        if (await QueriesOf(host).GetAsync(row.Key) is not { Order.Snapshot: var order })
        {
            return [$"{row.Number}: only the ERP has it"];
        }

        var differences = new List<string>();
        if (ErpStatuses.Of(order) is var status && status != row.Status)
        {
            differences.Add($"{row.Number}: the ERP says {row.Status}, OrderKit says {status}");
        }

        if (order.Version != row.StatusVersion)
        {
            differences.Add($"{row.Number}: the ERP is at version {row.StatusVersion}, OrderKit at {order.Version}");
        }

        if (order.Counters[Counter.Captured] != receipts.Sum(receipt => receipt.Amount) * 100)
        {
            differences.Add($"{row.Number}: the ERP has received {receipts.Sum(receipt => receipt.Amount)}, OrderKit {order.Counters[Counter.Captured] / 100m}");
        }

        return differences;
    }

    private static async Task<IEnumerable<string>> FindStrangersAsync(ErpHost host, HashSet<string> known)
    {
        var strangers = new List<string>();
        var query = new OrderQuery { PageSize = 200 };
        while (true)
        {
            var page = await QueriesOf(host).SearchAsync(query);
            strangers.AddRange(page.Items.Select(order => order.Key.Order.Value).Where(id => !known.Contains(id)).Select(id => $"{id}: only OrderKit has it"));
            if (page.Continuation is null)
            {
                return strangers;
            }

            query = query with { Continuation = page.Continuation };
        }
    }

    private static OrderQueries QueriesOf(ErpHost host) => host.Services.GetRequiredService<OrderQueries>();
}
