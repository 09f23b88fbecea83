using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Simulation.Tests;

/// <summary>A host under a traffic, in memory: orders through the intake or past the search for duplicates, notifications through the gate.</summary>
internal sealed class TrafficShop : IAsyncDisposable
{
    private readonly SimulatedTraffic _traffic;
    private readonly Crashes _crashes;
    private readonly bool _findsDuplicates;
    private readonly ServiceProvider _services;

    public TrafficShop(SimulatedTraffic traffic, Crashes crashes, bool findsDuplicates)
    {
        (_traffic, _crashes, _findsDuplicates) = (traffic, crashes, findsDuplicates);
        Clock = new FakeTimeProvider(traffic.Now);
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IPaymentDocuments>(new Documents(traffic));
        services.AddSingleton<IOperationStore>(provider => new CrashingOperationStore(provider.GetRequiredService<InMemoryOperationStore>(), crashes));
        services.AddSingleton<IOrderStore>(provider => new CrashingOrderStore(provider.GetRequiredService<InMemoryOrderStore>(), crashes));
        services.AddSingleton<IQuarantineStore>(provider => new CrashingQuarantineStore(provider.GetRequiredService<InMemoryQuarantineStore>(), crashes));
        services.AddOrderKit().UseInMemory()
            .AddDuplicateOrders(options => options.OwnChannels.Add("WX"))
            .AddPaymentNotifications<Documents>(options =>
            {
                options.Protocols["sim-alipay"] = AcknowledgementProtocol.Alipay;
                options.Protocols["sim-wechatpay"] = AcknowledgementProtocol.WeChatPay;
            });
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; }

    /// <summary>What was said of each order that was delivered, in the order of the deliveries.</summary>
    public ConcurrentQueue<(SimulatedOrder Order, DuplicateVerdict Verdict)> Verdicts { get; } = [];

    public DuplicateReview Review => Get<DuplicateReview>();

    public IOrderQueryStore Orders => Get<IOrderQueryStore>();

    public IQuarantineStore Quarantine => Get<IQuarantineStore>();

    public ICaseStore Cases => Get<ICaseStore>();

    /// <summary>Takes a delivery; <see langword="null"/> where the process ended before it answered.</summary>
    public async Task<SimulatedAnswer?> TakeAsync(SimulatedDelivery delivery)
    {
        try
        {
            var answer = delivery switch
            {
                SimulatedDelivery.Notification notification => await TakeAsync(notification.Message),
                SimulatedDelivery.Order order when _findsDuplicates => await CheckAndPlaceAsync(order.Message),
                SimulatedDelivery.Order order => await PlaceAsync(order.Message),
                SimulatedDelivery.Cancellation cancellation when _findsDuplicates => await CancelAndReleaseAsync(cancellation.Message),
                SimulatedDelivery.Cancellation cancellation => await CancelAsync(cancellation.Message),
                _ => throw new InvalidOperationException($"{delivery} is nothing that arrives."),
            };

            // All is durable, and nobody will hear of it.
            _crashes.Point();
            return answer;
        }
        catch (CrashedException)
        {
            if (!_crashes.SomebodyAnswers())
            {
                return null;
            }

            return delivery is SimulatedDelivery.Notification { Message: var message } ? Answer(Get<NotificationGate>().RetryLater(message.Source)) : SimulatedAnswer.Of(503);
        }
    }

    public async Task<SimulatedAnswer> TakeAsync(SimulatedNotification message) => Answer((await Get<NotificationGate>().AcceptAsync(new NotificationFacts
    {
        Provider = message.Source,
        TransportId = message.TransportId,
        MerchantTradeNumber = message.MerchantTradeNumber,
        ProviderTradeNumber = message.ProviderTradeNumber,
        Kind = message.News switch
        {
            TradeNews.Paid => NotificationKind.Paid,
            TradeNews.Finished => NotificationKind.Finished,
            TradeNews.Closed => NotificationKind.Closed,
            _ => NotificationKind.Refunded,
        },
        RawStatus = message.RawStatus,
        RefundNumber = message.RefundNumber,
        Amount = message.Amount,
        OccurredAt = message.OccurredAt,
    })).Acknowledgement);

    /// <summary>What a host without a gate does: it writes what it is told, under an id of its own choice.</summary>
    public async Task<SimulatedAnswer?> CountAsync(SimulatedNotification message, string id)
    {
        if (message.News is TradeNews.Paid)
        {
            await Get<OrderLifecycle>().FireAsync(new OrderFact
            {
                Trigger = "captured",
                Source = message.Source,
                Id = id,
                Order = _traffic.FindCheckout(message.MerchantTradeNumber)!.Order,
                Amount = message.Amount,
                Evidence = message.ProviderTradeNumber,
            });
            return SimulatedAnswer.Of(200, "success");
        }

        return await TakeAsync(message);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private Task<SimulatedAnswer> PlaceAsync(SimulatedOrder order) =>
        IntakeAsync(OperationKey.Of(order.Source, $"placed:{order.Number}"), order.Placed);

    private Task<SimulatedAnswer> CancelAsync(SimulatedCancellation cancellation) =>
        IntakeAsync(OperationKey.Of(cancellation.Source, $"cancel:{cancellation.Number}"), CancelOf(cancellation));

    private async Task<SimulatedAnswer> IntakeAsync(OperationKey key, OrderFact fact)
    {
        var fingerprint = Fingerprint.Of(("order", fact.Order!.Value.ToString()), ("amount", fact.Amount is { } amount ? FingerprintValue.Of(amount) : default));
        return await Get<OrderIntake>().TakeAsync(new IntakeRequest(key, fingerprint, fact)) switch
        {
            IntakeResult.Applied or IntakeResult.Parked or IntakeResult.Duplicate { Refusal: null } => SimulatedAnswer.Of(200),
            IntakeResult.Rejected or IntakeResult.Duplicate or IntakeResult.Mismatch => SimulatedAnswer.Of(409),
            _ => SimulatedAnswer.Of(503),
        };
    }

    private async Task<SimulatedAnswer> CheckAndPlaceAsync(SimulatedOrder order)
    {
        await using var unit = await Get<IUnitOfWorkFactory>().BeginAsync();
        var isOwn = order.Cart is not null;
        var verdict = await Get<DuplicateOrders>().CheckAsync(unit, new OrderCandidate
        {
            Order = order.Order,
            ExternalNumber = order.Number,
            Buyer = order.Buyer,
            Cart = order.Cart,
            Lines = [.. order.Lines.Select(line => new CandidateLine(line.Sku, line.Quantity))],
            Address = order.Address,
            IpAddress = order.IpAddress,
            Device = order.Device,
            Amount = order.Amount,
            PaymentChannel = order.PaymentChannel,
            PlacedAt = isOwn ? null : order.PlacedAt,
            ShipBy = order.ShipBy,
        });
        if (verdict is DuplicateVerdict.Reject rejected)
        {
            Verdicts.Enqueue((order, verdict));

            // The same order again is an order that was taken.
            return SimulatedAnswer.Of(rejected.Earlier == order.Order ? 200 : 409);
        }

        await Get<OrderLifecycle>().FireAsync(unit, order.Placed);
        await unit.CommitAsync();
        Verdicts.Enqueue((order, verdict));
        return SimulatedAnswer.Of(201);
    }

    private async Task<SimulatedAnswer> CancelAndReleaseAsync(SimulatedCancellation cancellation)
    {
        await using var unit = await Get<IUnitOfWorkFactory>().BeginAsync();
        if (await Get<OrderLifecycle>().FireAsync(unit, CancelOf(cancellation)) is FireResult.Rejected or FireResult.GuardFailed or FireResult.Unresolved)
        {
            return SimulatedAnswer.Of(409);
        }

        await Get<DuplicateOrders>().ReleaseAsync(unit, cancellation.Order);
        await unit.CommitAsync();
        return SimulatedAnswer.Of(200);
    }

    private static OrderFact CancelOf(SimulatedCancellation cancellation) => new()
    {
        Trigger = "cancel",
        Source = cancellation.Source,
        Id = $"cancel:{cancellation.Number}",
        Order = cancellation.Order,
        RawStatus = "buyer-changed-mind",
        OccurredAt = cancellation.At,
    };

    private static SimulatedAnswer Answer(Acknowledgement acknowledgement) => new(acknowledgement.StatusCode, acknowledgement.Body);

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>What the host asked for when its buyers went to pay.</summary>
    private sealed class Documents(SimulatedTraffic traffic) : IPaymentDocuments
    {
        public ValueTask<PaymentDocument?> FindAsync(
            UnitOfWork unitOfWork, TenantId tenant, string provider, string merchantTradeNumber, string? refundNumber, CancellationToken cancellationToken = default)
        {
            if (traffic.FindCheckout(merchantTradeNumber) is not { } checkout || checkout.Source != provider)
            {
                return new((PaymentDocument?)null);
            }

            var expected = refundNumber is null ? checkout.Asked : checkout.Refunds.FirstOrDefault(refund => refund.Number == refundNumber)?.Amount;
            return new(expected is { } amount ? new PaymentDocument(merchantTradeNumber, amount, [new PaymentShare(checkout.Order, amount)], provider) : null);
        }
    }
}
