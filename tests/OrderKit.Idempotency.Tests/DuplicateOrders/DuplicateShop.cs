using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Idempotency.Tests;

/// <summary>A shop with its own channel <c>WEB</c> and a platform <c>TB</c>, in memory, under a clock that stands still.</summary>
internal sealed class DuplicateShop : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 2, 9, 4, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services;

    public DuplicateShop(Action<DuplicateOrderOptions>? configure = null)
    {
        Clock = new FakeTimeProvider(Start);
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(Settings);
        services.AddSingleton<IOptionsChangeTokenSource<DuplicateOrderOptions>>(Settings);
        services.AddOrderKit().UseInMemory().AddDuplicateOrders(options =>
        {
            options.OwnChannels.Add("WEB");
            configure?.Invoke(options);
            Settings.Change?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; }

    public ChangingSettings Settings { get; } = new();

    public IServiceProvider Services => _services;

    public DuplicateOrders Duplicates => _services.GetRequiredService<DuplicateOrders>();

    public DuplicateReview Review => _services.GetRequiredService<DuplicateReview>();

    public IUnitOfWorkFactory Units => _services.GetRequiredService<IUnitOfWorkFactory>();

    public IOutboxStore Outbox => _services.GetRequiredService<IOutboxStore>();

    public static OrderKey Key(int number, string channel = "WEB") =>
        OrderKey.For(OrderId.Derive(new ChannelCode(channel), number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>An order of one buyer with one cart, one article and one total.</summary>
    public static OrderCandidate Order(int number, string channel = "WEB") => new()
    {
        Order = Key(number, channel),
        Buyer = "buyer-7",
        Cart = "cart-3",
        Lines = [new CandidateLine("SKU-1", 2), new CandidateLine("SKU-2", 1)],
        Address = "杭州市 西湖区 文三路 90号",
        Amount = new Money(19900, Currency.CNY),
        PaymentChannel = "alipay",
    };

    public Task<DuplicateVerdict> CheckAsync(OrderCandidate order, bool commit = true) => InUnitAsync(unit => Duplicates.CheckAsync(unit, order), commit);

    public async Task<T> InUnitAsync<T>(Func<UnitOfWork, Task<T>> act, bool commit = true)
    {
        await using var unit = await Units.BeginAsync();
        var result = await act(unit);
        if (commit)
        {
            await unit.CommitAsync();
        }

        return result;
    }

    /// <summary>The messages that wait, taken out.</summary>
    public async Task<List<DuplicateOrderNotice>> TakeNoticesAsync()
    {
        var notices = new List<DuplicateOrderNotice>();
        while (await Outbox.ClaimAsync("duplicate-orders", 100, TimeSpan.FromMinutes(1)) is { Count: > 0 } claimed)
        {
            Assert.All(claimed, delivery => Assert.Equal(DuplicateOrderNoticeCodec.MessageType, delivery.Message.Type));
            notices.AddRange(claimed.Select(delivery => DuplicateOrderNoticeCodec.Decode(delivery.Message.Body.Span)));
            await Outbox.CompleteAsync(claimed);
        }

        return notices;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
