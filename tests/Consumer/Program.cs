using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Sql;
using OrderKit.StateMachine;

var file = Path.Combine(AppContext.BaseDirectory, "shop.db");
File.Delete(file);
var services = new ServiceCollection().AddLogging();
services.AddDbContext<ShopContext>(options => options.UseSqlite($"Data Source={file}"));
services.AddOrderKit().UseSqlite($"Data Source={file}");
await using var provider = services.BuildServiceProvider();
await provider.GetRequiredService<OrderKitSchema>().EnsureAsync();

await using var scope = provider.CreateAsyncScope();
var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
var orders = provider.GetRequiredService<OrderLifecycle>();
var order = OrderKey.For(OrderId.Derive(new ChannelCode("SHOP"), "A-1"));
var placed = new OrderFact { Trigger = "placed", Source = "shop", Order = order, Amount = Money.FromMajor(199m, Currency.CNY) };
var paid = new OrderFact { Trigger = "captured", Source = "alipay", Order = order, Evidence = "2026020622001" };

await FireAsync(placed);
await FireAsync(paid);
await FireAsync(paid);
var row = await db.Orders.AsNoTracking().SingleAsync();
var details = await provider.GetRequiredService<OrderQueries>().GetAsync(order);
Console.WriteLine($"row {row.Status} version {row.Version}, order {details!.Order.Headline} version {details.Order.Snapshot.Version}");

async Task FireAsync(OrderFact fact)
{
    var result = await db.ExecuteWithOrderKitAsync(async (unitOfWork, cancellationToken) =>
    {
        var fired = await orders.FireAsync(unitOfWork, fact, cancellationToken);
        if (fired is FireResult.Applied applied)
        {
            var changed = await db.Orders.FindAsync(["A-1"], cancellationToken) ?? db.Orders.Add(new ShopOrder { Id = "A-1" }).Entity;
            (changed.Status, changed.Version) = (fact.Trigger, applied.Snapshot.Version);
        }

        return fired;
    });
    Console.WriteLine($"{fact.Trigger}: {result.GetType().Name}");
}

internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<ShopOrder> Orders => Set<ShopOrder>();
}

internal sealed class ShopOrder
{
    public required string Id { get; init; }

    public string Status { get; set; } = "";

    public long Version { get; set; }
}
