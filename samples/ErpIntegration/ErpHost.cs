using ErpIntegration.Deadlines;
using ErpIntegration.Faults;
using ErpIntegration.Model;
using ErpIntegration.Orders;
using ErpIntegration.Payments;
using ErpIntegration.Warehouse;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Messaging;
using OrderKit.Sql;
using OrderKit.StateMachine;

namespace ErpIntegration;

/// <summary>Registers the ERP and OrderKit on one database.</summary>
internal sealed class ErpHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly NpgsqlDataSource? _dataSource;

    /// <param name="file">The SQLite file, unless PostgreSQL is used.</param>
    /// <param name="postgres">The connection string of PostgreSQL.</param>
    /// <param name="faults">Chooses the faults that are injected into the statements of the ERP's context.</param>
    public ErpHost(string file, string? postgres, Random? faults = null)
    {
        _dataSource = postgres is null ? null : NpgsqlDataSource.Create(postgres);
        Faults = faults is null ? null : new FaultPlan(faults, _dataSource);
        var services = new ServiceCollection().AddLogging();
        services.AddScoped<OrderDesk>();
        services.AddDbContextFactory<ErpContext>(options => UseDatabase(options, file));
        var orderKit = services.AddOrderKit()
            .AddInboxHandler<PaymentHandler>()
            .AddEventHandler<PickTicketHandler>()
            .AddDeadlineProbe<PaymentCloseProbe>();
        if (_dataSource is null)
        {
            orderKit.UseSqlite($"Data Source={file}");
        }
        else
        {
            orderKit.UsePostgreSql(options => options.DataSource = _dataSource);
        }

        // A worker that is killed holds its leases; the next one shall not wait for long. In production the defaults are right.
        services.Configure<InboxPumpOptions>(Hurry);
        services.Configure<OutboxPumpOptions>(Hurry);
        services.Configure<DeadlineOptions>(options => (options.Lease, options.ProbeTimeout, options.RetryDelay) = (Soon, Soon / 2, Now));
        _services = services.BuildServiceProvider();
    }

    public const int OnHand = 1_000_000;

    public static IReadOnlyList<string> Articles { get; } = ["mug", "lamp", "chair", "desk"];

    private static TimeSpan Soon => TimeSpan.FromSeconds(2);

    private static TimeSpan Now => TimeSpan.FromMilliseconds(10);

    public IServiceProvider Services => _services;

    public FaultPlan? Faults { get; }

    public ErpContext NewContext() => _services.GetRequiredService<IDbContextFactory<ErpContext>>().CreateDbContext();

    /// <summary>Runs something with services in a scope of its own, as a web request does.</summary>
    public async Task<TResult> AtDeskAsync<TResult>(Func<OrderDesk, Task<TResult>> act)
    {
        await using var scope = _services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<OrderDesk>());
    }

    /// <summary>Creates the tables of both sides, and some stock.</summary>
    public async Task CreateTablesAsync()
    {
        await _services.GetRequiredService<OrderKitSchema>().EnsureAsync();
        await using var db = NewContext();
        await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        db.Stock.AddRange(Articles.Select(sku => new StockItem { Sku = sku, OnHand = OnHand }));
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_dataSource is not null)
        {
            await _dataSource.DisposeAsync();
        }
    }

    private static void Hurry(PumpOptions options) =>
        (options.Lease, options.HandlerTimeout, options.FirstDelay) = (Soon, Soon * 0.4, Now);

    private void UseDatabase(DbContextOptionsBuilder options, string file)
    {
        if (Faults is not null)
        {
            options.AddInterceptors(Faults);
        }

        if (_dataSource is null)
        {
            options.UseSqlite($"Data Source={file}", sqlite => sqlite.ExecutionStrategy(strategy => new SqliteRetries(strategy)));
        }
        else
        {
            options.UseNpgsql(_dataSource, npgsql => npgsql.EnableRetryOnFailure(3, Now, [PostgresErrorCodes.AdminShutdown]));
        }
    }
}
