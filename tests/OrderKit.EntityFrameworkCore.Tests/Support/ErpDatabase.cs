using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Sql;
using OrderKit.StateMachine;

namespace OrderKit.EntityFrameworkCore.Tests;

/// <summary>An empty database of its own for one test, with the tables of OrderKit and of the host.</summary>
public abstract class ErpDatabase : IAsyncDisposable
{
    private ServiceProvider? _services;

    public ServiceProvider Services => _services!;

    public OrderLifecycle Orders => Services.GetRequiredService<OrderLifecycle>();

    public OrderQueries Queries => Services.GetRequiredService<OrderQueries>();

    public IUnitOfWorkFactory Units => Services.GetRequiredService<IUnitOfWorkFactory>();

    public async Task<ErpDatabase> CreateAsync(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection().AddLogging();
        UseStore(services.AddOrderKit());
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        await PrepareAsync();
        await Services.GetRequiredService<OrderKitSchema>().EnsureAsync();
        await using var db = NewContext();
        await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        return this;
    }

    /// <summary>A context that retries, over a connection string or a data source.</summary>
    public ErpContext NewContext() => new(NewOptions(connection: null).Options);

    /// <summary>A context that retries, over a connection that fails once.</summary>
    internal ErpContext NewContext(FaultPoint fault) => new(NewOptions(fault.Watch(NewConnection())).AddInterceptors(fault).Options);

    internal ErpContext NewContext(IInterceptor interceptor) => new(NewOptions(connection: null).AddInterceptors(interceptor).Options);

    /// <summary>Makes the connection fail as its server or its disk would.</summary>
    public abstract Task FailAsync(DbConnection connection);

    /// <summary>A new order, placed on both sides.</summary>
    public async Task<OrderKey> PlaceAsync(int number)
    {
        var order = Key(number);
        await using var db = NewContext();
        await db.ExecuteWithOrderKitAsync(async (unitOfWork, cancellationToken) =>
        {
            db.Orders.Add(new ErpOrder { Id = order.Order.Value, Status = "Placed", Total = 199m });
            return await Orders.FireAsync(unitOfWork, Placed(order), cancellationToken);
        });
        return order;
    }

    /// <summary>What each side knows of an order: the status and the number of payments here, the headline and the number of facts there.</summary>
    public async Task<string> AccountAsync(OrderKey order)
    {
        await using var db = NewContext();
        var row = await db.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.Id == order.Order.Value);
        var payments = await db.Payments.CountAsync(p => p.OrderId == order.Order.Value);
        var details = await Queries.GetAsync(order);
        return string.Create(
            CultureInfo.InvariantCulture, $"{row?.Status} {payments} | {details?.Order.Headline} {details?.Order.Snapshot.Version}");
    }

    public static OrderKey Key(int number) =>
        OrderKey.For(OrderId.Derive(new ChannelCode("TB"), number.ToString(CultureInfo.InvariantCulture)));

    public static OrderFact Placed(OrderKey order) =>
        new() { Trigger = "placed", Source = "erp", Order = order, Amount = Money.FromMajor(199m, Currency.CNY) };

    public static OrderFact Paid(OrderKey order) =>
        new() { Trigger = "captured", Source = "alipay", Order = order, Evidence = "2026020622001", Amount = Money.FromMajor(199m, Currency.CNY) };

    public virtual async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract void UseStore(OrderKitBuilder builder);

    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected abstract DbConnection NewConnection();

    protected abstract DbContextOptionsBuilder<ErpContext> NewOptions(DbConnection? connection);
}
