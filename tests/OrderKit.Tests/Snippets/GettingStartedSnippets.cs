using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.Sql;
using OrderKit.StateMachine;
using OrderKit.Tests.Support;

namespace OrderKit.Tests.Snippets;

/// <summary>The code of docs/getting-started.md and docs/without-a-host.md.</summary>
public sealed class GettingStartedSnippets
{
    [Fact]
    public async Task An_order_goes_from_placed_to_in_transit()
    {
        using var file = new TemporaryFile();
        var connectionString = file.ConnectionString;

        #region start
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseSqlite(connectionString);              // for example "Data Source=orders.db"
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OrderKitSchema>().EnsureAsync();   // a host does this when it starts

        var orders = provider.GetRequiredService<OrderLifecycle>();
        var queries = provider.GetRequiredService<OrderQueries>();
        #endregion

        #region start-place
        var order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "2026020688213"));   // Taobao's own number
        var placed = await orders.FireAsync(new()
        {
            Trigger = "placed",
            Source = "taobao",
            Order = order,
            Amount = Money.FromMajor(199m, Currency.CNY),
            Quantity = 1,
        });
        #endregion

        #region start-pay
        var paid = new OrderFact
        {
            Trigger = "captured",
            Source = "alipay",
            Order = order,
            Evidence = "2026020622001",                                  // Alipay's trade number
            Amount = Money.FromMajor(199m, Currency.CNY),
        };
        var first = await orders.FireAsync(paid);                        // FireResult.Applied
        var again = await orders.FireAsync(paid);                        // FireResult.Duplicate: the money counts once
        #endregion

        #region start-parcel
        var waybill = new OrderReference(TenantId.Default, ReferenceKind.Waybill, "SF1234567890");
        var scan = await orders.FireAsync(new() { Trigger = "in-transit", Source = "sf-express", Reference = waybill });   // Parked

        var shipped = new OrderFact
        {
            Trigger = "outbound",
            Source = "wms",
            Order = order,
            Evidence = "OUT-20260206-17",
            Quantity = 1,
            Links = [waybill],                                           // from now on the waybill leads to this order
        };
        await orders.FireAsync(shipped);                                 // the parked scan is applied in the same transaction
        #endregion

        #region start-ask
        var details = await queries.GetAsync(order);
        var status = details!.Headline!.LocalName;                       // 运输中 (in transit)
        var numbers = details.References;                                // every number that leads to this order
        var todo = details.OpenCases;                                    // contradictions that a person must look at
        var buttons = await queries.PermissionsAsync(order);             // each command: possible now, or why not
        #endregion

        Assert.IsType<FireResult.Applied>(placed);
        Assert.IsType<FireResult.Applied>(first);
        Assert.IsType<FireResult.Duplicate>(again);
        Assert.IsType<FireResult.Parked>(scan);
        Assert.Contains(waybill, numbers);
        Assert.NotEmpty(buttons);
        Assert.Equal("运输中", status);
        Assert.Empty(todo);
    }

    [Fact]
    public async Task A_program_without_a_host_does_the_work_itself()
    {
        using var file = new TemporaryFile();
        var connectionString = file.ConnectionString;
        using var stopping = new CancellationTokenSource();
        var cancellationToken = stopping.Token;

        #region without-a-host
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseSqlite(connectionString);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OrderKitSchema>().EnsureAsync(cancellationToken);
        #endregion

        #region without-a-host-work
        await provider.GetRequiredService<DeadlineRunner>().RunDueAsync(cancellationToken);     // each few seconds: due deadlines
        await provider.GetRequiredService<OutboxPump>().PumpAllAsync(cancellationToken);        // each second: events to handlers
        await provider.GetRequiredService<InboxPump>().PumpAllAsync(cancellationToken);         // each second: messages from outside
        await provider.GetRequiredService<JournalSealer>().SealOnceAsync(cancellationToken);    // each minute: seal the journal
        #endregion

        Assert.Equal(0, await provider.GetRequiredService<JournalSealer>().CountUnsealedAsync(cancellationToken));
    }
}
