using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderKit.AspNetCore;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Sql;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace PaymentStorm.Serving;

/// <summary>Handles callbacks over HTTP, and reads their effects from the journal.</summary>
internal sealed class CallbackServer : IAsyncDisposable
{
    /// <summary>The response header with the trade of a callback, for load tools.</summary>
    public const string TradeHeader = "X-Trade";

    private const int PlacedAtOnce = 2_000;

    private readonly WebApplication _app;
    private readonly AnswerBook _answers;
    private readonly long _effectsBefore;

    private CallbackServer(WebApplication app, AnswerBook answers, int trades, long effectsBefore) =>
        (_app, _answers, Trades, _effectsBefore) = (app, answers, trades, effectsBefore);

    public AnswerBook Answers => _answers;

    /// <summary>The number of trades to be paid.</summary>
    public int Trades { get; }

    /// <summary>The number of payments in the journal when the server started.</summary>
    public long EffectsBefore => _effectsBefore;

    /// <summary>The address on which it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    /// <summary>Places the missing orders with their payment documents, and starts to listen.</summary>
    /// <param name="options">The options of the command.</param>
    /// <param name="connection">The connection string.</param>
    /// <param name="progress">Gets the progress of placing orders, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    /// <exception cref="StoreInUseException">The database has orders that this sample did not place.</exception>
    public static async Task<CallbackServer> StartAsync(
        StormOptions options, string connection, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        AnswerBook? answers = null;
        var app = Build(options, connection, () => answers!);
        try
        {
            await app.Services.GetRequiredService<OrderKitSchema>().EnsureAsync(cancellationToken);
            var trades = await PlaceAsync(app.Services, options.Orders, progress ?? (static _ => { }), cancellationToken);
            answers = new AnswerBook(trades);
            var effects = (await EffectsAsync(app.Services, cancellationToken)).Values.Sum();
            var server = new CallbackServer(app, answers, trades, effects);
            await app.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes running requests, stops listening, and compares the acknowledged payments with the journal.</summary>
    public async Task<Account> CloseAsync()
    {
        await _app.StopAsync();
        var effects = await EffectsAsync(_app.Services, CancellationToken.None);
        long lost = 0, doubled = 0;
        for (var i = 0; i < Trades; i++)
        {
            var found = effects.GetValueOrDefault(new Trade(i).Order);
            lost += _answers.IsAcknowledged(i) && found == 0 ? 1 : 0;
            doubled += found > 1 ? 1 : 0;
        }

        var all = effects.Values.Sum();
        return new Account(
            _answers.Sent,
            Math.Max(0, _answers.Payments - (all - _effectsBefore)),
            all,
            lost,
            doubled,
            _answers.PerSecond(),
            _answers.Within(0.5),
            _answers.Within(0.99));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static WebApplication Build(StormOptions options, string connection, Func<AnswerBook> answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port ?? 0);
        });
        StormStore.Choose(builder.Services.AddOrderKit(), options, connection).AddPaymentNotifications<PaymentBook>(static notifications =>
        {
            // Each acknowledged payment then has an effect that can be counted. A wrong amount is quarantined in any case.
            notifications.AcknowledgesQuarantined = false;

            // Alipay reads only the body, a load tool only the status.
            var alipay = AcknowledgementProtocol.Alipay;
            var again = alipay.Again with { StatusCode = StatusCodes.Status503ServiceUnavailable };
            notifications.Protocols[Trade.Alipay] = alipay with { Again = again };
        });

        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            var begun = Stopwatch.GetTimestamp();
            await next(context);
            answers().Note(
                begun, context.Response.StatusCode, context.Items.TryGetValue(typeof(Trade), out var paid) ? (Trade?)paid : null);
        });
        var signature = new DemoSignature(options.Secret);
        app.MapPaymentNotifications(
            "/callbacks/alipay", Trade.Alipay, Signed(static (request, body) => AlipayCallback.Read(request.ContentType, body)));
        app.MapPaymentNotifications("/callbacks/wechat", Trade.WeChatPay, Signed(static (_, body) => WeChatPayCallback.Read(body)));
        return app;

        NotificationReader Signed(Func<HttpRequest, ReadOnlyMemory<byte>, NotificationReading> read) => (context, body, _) =>
            new(signature.IsGood(context.Request, body.Span)
                ? Noted(context, read(context.Request, body))
                : new NotificationReading.Refused("signature"));
    }

    private static NotificationReading Noted(HttpContext context, NotificationReading reading)
    {
        if (reading is NotificationReading.Verified { Facts: { Kind: NotificationKind.Paid } facts }
            && Trade.TryParse(facts.MerchantTradeNumber, out var trade))
        {
            context.Items[typeof(Trade)] = trade;
            context.Response.Headers[TradeHeader] = trade.MerchantNumber;
        }

        return reading;
    }

    private static async Task<int> PlaceAsync(
        IServiceProvider services, int orders, Action<double> progress, CancellationToken cancellationToken)
    {
        var (units, lifecycle) = (services.GetRequiredService<IUnitOfWorkFactory>(), services.GetRequiredService<OrderLifecycle>());
        int placed;
        await using (var unit = await units.BeginAsync(cancellationToken))
        {
            placed = await PaymentBook.OpenAsync(unit, cancellationToken);
            await unit.CommitAsync(cancellationToken);
        }

        var queries = services.GetRequiredService<OrderQueries>();
        if (placed == 0 && (await queries.SearchAsync(new OrderQuery { PageSize = 1 }, cancellationToken)).Items.Count > 0)
        {
            throw new StoreInUseException();
        }

        for (; placed < orders; placed = Math.Min(orders, placed + PlacedAtOnce))
        {
            // Orders and their payment documents are one commit, so that an interrupted start continues where it was.
            var numbers = Enumerable.Range(placed, Math.Min(PlacedAtOnce, orders - placed)).ToList();
            await using var unit = await units.BeginAsync(cancellationToken);
            await lifecycle.FireManyAsync(unit, [.. numbers.Select(Callback.Placed)], cancellationToken);
            await PaymentBook.AddAsync(unit, numbers.Select(static number => new Trade(number)), cancellationToken);
            await unit.CommitAsync(cancellationToken);
            progress((double)placed / orders);
        }

        return placed;
    }

    /// <summary>Returns how often the journal of each order has a captured payment; orders without one are left out.</summary>
    private static async Task<Dictionary<OrderKey, long>> EffectsAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var effects = new Dictionary<OrderKey, long>();
        await foreach (var (order, _) in JournalledPayments.ReadAsync(services.GetRequiredService<IJournalStore>(), cancellationToken))
        {
            effects[order] = effects.GetValueOrDefault(order) + 1;
        }

        return effects;
    }
}
